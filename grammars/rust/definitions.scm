(struct_item name: (type_identifier) @name !body) @definition.type
(struct_item name: (type_identifier) @name body: (ordered_field_declaration_list)) @definition.type
(type_item name: (type_identifier) @name) @definition.type

(const_item name: (identifier) @name) @definition.value
(static_item name: (identifier) @name) @definition.value
(field_declaration name: (field_identifier) @name) @definition.value
(enum_variant name: (identifier) @name) @definition.value

(function_signature_item name: (identifier) @name) @signature
(macro_definition name: (identifier) @name) @signature
