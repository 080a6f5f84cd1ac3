; inherits: c

(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type

(field_declaration declarator: (function_declarator declarator: (_) @name)) @signature
(field_declaration declarator: (reference_declarator (function_declarator declarator: (_) @name))) @signature
(field_declaration declarator: (pointer_declarator (function_declarator declarator: (_) @name))) @signature
