(program (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.value)
(program (variable_declaration (variable_declarator name: (identifier) @name)) @definition.value)
(program
  (export_statement
    declaration: (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.value))
