(function_definition name: (name) @name body: (compound_statement) @body) @scope.function
(method_declaration name: (name) @name body: (compound_statement) @body) @scope.function
(anonymous_function body: (compound_statement) @body) @scope.function

(class_declaration name: (name) @name body: (declaration_list) @body) @scope.class
(interface_declaration name: (name) @name body: (declaration_list) @body) @scope.class
(trait_declaration name: (name) @name body: (declaration_list) @body) @scope.class
(enum_declaration name: (name) @name body: (enum_declaration_list) @body) @scope.class

(if_statement body: (compound_statement) @body) @scope.block
(else_if_clause body: (compound_statement) @body) @scope.block
(else_clause body: (compound_statement) @body) @scope.block
(for_statement body: (compound_statement) @body) @scope.block
(foreach_statement body: (compound_statement) @body) @scope.block
(while_statement body: (compound_statement) @body) @scope.block
(do_statement body: (compound_statement) @body) @scope.block
(switch_statement body: (switch_block) @body) @scope.block
(try_statement body: (compound_statement) @body) @scope.block
(catch_clause body: (compound_statement) @body) @scope.block
(finally_clause body: (compound_statement) @body) @scope.block
