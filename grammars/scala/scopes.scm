(function_definition name: (identifier) @name body: (_) @body) @scope.function
(lambda_expression (block) @body) @scope.function

(class_definition name: (identifier) @name body: (template_body) @body) @scope.class
(trait_definition name: (identifier) @name body: (template_body) @body) @scope.class
(object_definition name: (identifier) @name body: (template_body) @body) @scope.class
(enum_definition name: (identifier) @name body: (enum_body) @body) @scope.class

(if_expression consequence: (block) @body) @scope.block
(if_expression alternative: (block) @body) @scope.block
(for_expression body: (block) @body) @scope.block
(while_expression body: (block) @body) @scope.block
(match_expression body: (case_block) @body) @scope.block
(try_expression body: (block) @body) @scope.block
(catch_clause (case_block) @body) @scope.block
(finally_clause (block) @body) @scope.block
