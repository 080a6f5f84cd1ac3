(create_function (object_reference name: (_) @name) (function_body) @body) @scope.function
(create_table (object_reference name: (_) @name) (column_definitions) @body) @scope.class
