(use_declaration argument: (scoped_identifier path: (_) @import.source name: (identifier) @import.name)) @import
(use_declaration argument: (scoped_use_list path: (_) @import.source)) @import
(use_declaration argument: (scoped_use_list list: (use_list (identifier) @import.name))) @import
(use_declaration
  argument: (scoped_use_list list: (use_list (use_as_clause alias: (identifier) @import.name)))) @import
(use_declaration argument: (use_as_clause path: (_) @import.source alias: (identifier) @import.name)) @import
(use_declaration argument: (use_wildcard (_) @import.source)) @import
(use_declaration argument: (identifier) @import.source @import.name) @import
(extern_crate_declaration name: (identifier) @import.source @import.name) @import
(mod_item name: (identifier) @import.source @import.name !body) @import
