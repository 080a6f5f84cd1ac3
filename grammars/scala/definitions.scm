(type_definition name: (type_identifier) @name) @definition.type
(class_definition name: (identifier) @name !body) @definition.type

(template_body (val_definition pattern: (identifier) @name) @definition.value)
(template_body (var_definition pattern: (identifier) @name) @definition.value)
(val_declaration name: (identifier) @name) @definition.value
(class_parameter name: (identifier) @name) @definition.value

(function_declaration name: (identifier) @name) @signature
