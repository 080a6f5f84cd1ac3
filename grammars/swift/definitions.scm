(typealias_declaration name: (type_identifier) @name) @definition.type

(source_file (property_declaration name: (pattern (simple_identifier) @name)) @definition.value)
(class_body (property_declaration name: (pattern (simple_identifier) @name)) @definition.value)
(enum_entry name: (simple_identifier) @name) @definition.value

(protocol_function_declaration name: (simple_identifier) @name) @signature
