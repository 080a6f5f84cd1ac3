(document (pair . (_) @name) @definition.value)
(table (pair . (_) @name) @definition.value)
