(type_declaration (type_spec name: (type_identifier) @name)) @definition.type
(type_declaration (type_alias name: (type_identifier) @name)) @definition.type

(source_file (var_declaration (var_spec name: (identifier) @name) @definition.value))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.value)))
(source_file (const_declaration (const_spec name: (identifier) @name) @definition.value))
(field_declaration name: (field_identifier) @name) @definition.value

(method_elem name: (field_identifier) @name) @signature
