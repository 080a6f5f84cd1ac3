(import_declaration (import_spec path: (_) @import.source)) @import
(import_declaration (import_spec_list (import_spec path: (_) @import.source))) @import
(import_declaration (import_spec_list (import_spec name: (package_identifier) @import.name))) @import
(import_declaration (import_spec name: (package_identifier) @import.name)) @import
