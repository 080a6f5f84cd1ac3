; Its name and body are fields; patterns with children of this node take 0.3 s to compile.
(function_declaration) @scope.function
(init_declaration body: (function_body) @body) @scope.function
(deinit_declaration body: (function_body) @body) @scope.function
(lambda_literal) @scope.function

(class_declaration name: (_) @name body: (class_body) @body) @scope.class
(class_declaration name: (_) @name body: (enum_class_body) @body) @scope.class
(protocol_declaration name: (type_identifier) @name body: (protocol_body) @body) @scope.class

(if_statement) @scope.block
(guard_statement) @scope.block
(for_statement) @scope.block
(while_statement) @scope.block
(repeat_while_statement) @scope.block
(switch_statement) @scope.block
(switch_entry) @scope.block
(do_statement) @scope.block
(catch_block) @scope.block
