; inherits: javascript

(import_statement (import_require_clause (identifier) @import.name source: (string) @import.source)) @import
