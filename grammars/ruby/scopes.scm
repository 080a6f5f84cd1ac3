(method name: (_) @name body: (_)? @body) @scope.function
(singleton_method name: (_) @name body: (_)? @body) @scope.function
(do_block body: (_)? @body) @scope.function
(block body: (_)? @body) @scope.function

(class name: (_) @name body: (_)? @body) @scope.class
(module name: (_) @name body: (_)? @body) @scope.class

(if consequence: (_)? @body) @scope.block
(elsif consequence: (_)? @body) @scope.block
(else) @scope.block
(unless consequence: (_)? @body) @scope.block
(while body: (_) @body) @scope.block
(until body: (_) @body) @scope.block
(for body: (_) @body) @scope.block
(case) @scope.block
(when body: (_)? @body) @scope.block
(begin) @scope.block
(rescue body: (_)? @body) @scope.block
(ensure) @scope.block
