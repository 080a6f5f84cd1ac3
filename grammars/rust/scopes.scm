(function_item name: (identifier) @name body: (block) @body) @scope.function
(closure_expression body: (block) @body) @scope.function

(struct_item name: (type_identifier) @name body: (field_declaration_list) @body) @scope.class
(enum_item name: (type_identifier) @name body: (enum_variant_list) @body) @scope.class
(union_item name: (type_identifier) @name body: (field_declaration_list) @body) @scope.class
(trait_item name: (type_identifier) @name body: (declaration_list) @body) @scope.class
(impl_item type: (_) @name body: (declaration_list) @body) @scope.class
(mod_item name: (identifier) @name body: (declaration_list) @body) @scope.class

(if_expression consequence: (block) @body) @scope.block
(else_clause (block) @body) @scope.block
(match_expression body: (match_block) @body) @scope.block
(match_arm value: (block) @body) @scope.block
(for_expression body: (block) @body) @scope.block
(while_expression body: (block) @body) @scope.block
(loop_expression body: (block) @body) @scope.block
(unsafe_block (block) @body) @scope.block
