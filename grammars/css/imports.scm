(import_statement (string_value) @import.source) @import
(import_statement (call_expression (arguments (string_value) @import.source))) @import
