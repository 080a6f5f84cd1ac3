(function_declaration name: (simple_identifier) @name body: (function_body) @body) @scope.function
(init_declaration body: (function_body) @body) @scope.function
(deinit_declaration body: (function_body) @body) @scope.function
(lambda_literal) @scope.function

(class_declaration name: (_) @name body: (class_body) @body) @scope.class
(class_declaration name: (_) @name body: (enum_class_body) @body) @scope.class
(protocol_declaration name: (type_identifier) @name body: (protocol_body) @body) @scope.class

(if_statement (statements) @body) @scope.block
(guard_statement (statements) @body) @scope.block
(for_statement (statements) @body) @scope.block
(while_statement (statements) @body) @scope.block
(repeat_while_statement (statements) @body) @scope.block
(switch_statement) @scope.block
(switch_entry (statements) @body) @scope.block
(do_statement (statements) @body) @scope.block
(catch_block (statements) @body) @scope.block
