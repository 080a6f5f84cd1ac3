(record_declaration name: (identifier) @name !body) @definition.type
(delegate_declaration name: (identifier) @name) @definition.type

(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.value
(enum_member_declaration name: (identifier) @name) @definition.value

(method_declaration name: (identifier) @name !body) @signature
