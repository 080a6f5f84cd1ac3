(create_view (object_reference name: (_) @name)) @definition.type
(column_definition name: (_) @name) @definition.value
(create_index column: (_) @name) @definition.value
