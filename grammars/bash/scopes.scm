(function_definition name: (word) @name body: (compound_statement) @body) @scope.function

(if_statement) @scope.block
(elif_clause) @scope.block
(else_clause) @scope.block
(for_statement body: (do_group) @body) @scope.block
(while_statement body: (do_group) @body) @scope.block
(case_statement) @scope.block
(case_item) @scope.block
