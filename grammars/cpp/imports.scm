; inherits: c

(using_declaration (_) @import.source) @import
