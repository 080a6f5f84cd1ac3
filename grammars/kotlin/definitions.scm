(type_alias type: (identifier) @name) @definition.type

(source_file (property_declaration (variable_declaration (identifier) @name)) @definition.value)
(class_body (property_declaration (variable_declaration (identifier) @name)) @definition.value)
(class_parameter (identifier) @name) @definition.value
(enum_entry (identifier) @name) @definition.value

((function_declaration name: (identifier) @name) @signature (#not-match? @signature "[{=]"))
