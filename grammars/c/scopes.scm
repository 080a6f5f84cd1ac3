(function_definition
  declarator: (function_declarator declarator: (_) @name)
  body: (compound_statement) @body) @scope.function
(function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @name))
  body: (compound_statement) @body) @scope.function

(struct_specifier name: (_)? @name body: (field_declaration_list) @body) @scope.class
(union_specifier name: (_)? @name body: (field_declaration_list) @body) @scope.class
(enum_specifier name: (_)? @name body: (enumerator_list) @body) @scope.class

(if_statement consequence: (compound_statement) @body) @scope.block
(else_clause (compound_statement) @body) @scope.block
(for_statement body: (compound_statement) @body) @scope.block
(while_statement body: (compound_statement) @body) @scope.block
(do_statement body: (compound_statement) @body) @scope.block
(switch_statement body: (compound_statement) @body) @scope.block
