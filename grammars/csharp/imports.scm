(using_directive !name [(identifier) (qualified_name)] @import.source) @import
(using_directive name: (identifier) @import.name (qualified_name) @import.source) @import
