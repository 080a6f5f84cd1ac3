(namespace_use_declaration (namespace_use_clause (qualified_name (name) @import.name) @import.source !alias)) @import
(namespace_use_declaration (namespace_use_clause (qualified_name) @import.source alias: (name) @import.name)) @import
(expression_statement (require_once_expression (string) @import.source)) @import
(expression_statement (require_expression (string) @import.source)) @import
(expression_statement (include_expression (string) @import.source)) @import
