(function_declaration name: (identifier) @name (function_body) @body) @scope.function
(lambda_literal) @scope.function

(class_declaration name: (identifier) @name (class_body) @body) @scope.class
(class_declaration name: (identifier) @name (enum_class_body) @body) @scope.class
(object_declaration name: (identifier) @name (class_body) @body) @scope.class
(companion_object (class_body) @body) @scope.class

(if_expression (block) @body) @scope.block
(for_statement (block) @body) @scope.block
(while_statement (block) @body) @scope.block
(do_while_statement (block) @body) @scope.block
(when_expression) @scope.block
(when_entry (block) @body) @scope.block
(try_expression (block) @body) @scope.block
(catch_block (block) @body) @scope.block
(finally_block (block) @body) @scope.block
