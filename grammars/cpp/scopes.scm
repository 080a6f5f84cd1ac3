; inherits: c

(function_definition
  declarator: (reference_declarator (function_declarator declarator: (_) @name))
  body: (compound_statement) @body) @scope.function
(lambda_expression body: (compound_statement) @body) @scope.function

(class_specifier name: (_)? @name body: (field_declaration_list) @body) @scope.class
(namespace_definition name: (_)? @name body: (declaration_list) @body) @scope.class

(for_range_loop body: (compound_statement) @body) @scope.block
(try_statement body: (compound_statement) @body) @scope.block
(catch_clause body: (compound_statement) @body) @scope.block
