(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name))) @definition.value)
(chunk (assignment_statement (variable_list name: (identifier) @name)) @definition.value)
