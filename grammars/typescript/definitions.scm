; inherits: javascript

(type_alias_declaration name: (type_identifier) @name) @definition.type
(public_field_definition name: (_) @name) @definition.value
(property_signature name: (_) @name) @definition.value

(function_signature name: (identifier) @name) @signature
(method_signature name: (_) @name) @signature
(abstract_method_signature name: (_) @name) @signature
