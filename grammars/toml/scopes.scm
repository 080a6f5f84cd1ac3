(table . [(bare_key) (quoted_key) (dotted_key)] @name) @scope.block
(table_array_element . [(bare_key) (quoted_key) (dotted_key)] @name) @scope.block
