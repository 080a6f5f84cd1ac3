(type_definition declarator: (type_identifier) @name) @definition.type

(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name)) @definition.value)
(translation_unit (declaration declarator: (identifier) @name) @definition.value)
(field_declaration declarator: (field_identifier) @name) @definition.value
(field_declaration declarator: (pointer_declarator declarator: (field_identifier) @name)) @definition.value
(enumerator name: (identifier) @name) @definition.value
(preproc_def name: (identifier) @name) @definition.value

(declaration declarator: (function_declarator declarator: (identifier) @name)) @signature
(declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @signature
(preproc_function_def name: (identifier) @name) @signature
