; inherits: javascript

(abstract_class_declaration name: (_) @name body: (class_body) @body) @scope.class
(interface_declaration name: (_) @name body: (interface_body) @body) @scope.class
(enum_declaration name: (_) @name body: (enum_body) @body) @scope.class
(internal_module name: (_) @name body: (statement_block) @body) @scope.class
(module name: (_) @name body: (statement_block) @body) @scope.class
