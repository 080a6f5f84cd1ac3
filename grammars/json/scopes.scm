(pair key: (string) @name value: (object) @body) @scope.block
(pair key: (string) @name value: (array) @body) @scope.block
