(method_declaration name: (identifier) @name body: (block) @body) @scope.function
(constructor_declaration name: (identifier) @name body: (block) @body) @scope.function
(local_function_statement name: (identifier) @name body: (block) @body) @scope.function
(property_declaration name: (identifier) @name accessors: (accessor_list) @body) @scope.function
(lambda_expression body: (block) @body) @scope.function

(class_declaration name: (identifier) @name body: (declaration_list) @body) @scope.class
(struct_declaration name: (identifier) @name body: (declaration_list) @body) @scope.class
(record_declaration name: (identifier) @name body: (declaration_list) @body) @scope.class
(interface_declaration name: (identifier) @name body: (declaration_list) @body) @scope.class
(enum_declaration name: (identifier) @name body: (enum_member_declaration_list) @body) @scope.class
(namespace_declaration name: (_) @name body: (declaration_list) @body) @scope.class

(if_statement consequence: (block) @body) @scope.block
(if_statement alternative: (block) @body) @scope.block
(for_statement body: (block) @body) @scope.block
(foreach_statement body: (block) @body) @scope.block
(while_statement body: (block) @body) @scope.block
(do_statement body: (block) @body) @scope.block
(try_statement body: (block) @body) @scope.block
(catch_clause body: (block) @body) @scope.block
(finally_clause (block) @body) @scope.block
(using_statement body: (block) @body) @scope.block
(lock_statement (block) @body) @scope.block
(switch_statement body: (switch_body) @body) @scope.block
