(type_alias_statement left: (type (identifier) @name)) @definition.type

(module (expression_statement (assignment left: (identifier) @name) @definition.value))

(class_definition
  body: (block (expression_statement (assignment left: (identifier) @name) @definition.value)))
