(field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.value
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.value
(enum_constant name: (identifier) @name) @definition.value

(method_declaration name: (identifier) @name !body) @signature
(annotation_type_element_declaration name: (identifier) @name) @signature
