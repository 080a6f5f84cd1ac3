(import_declaration (scoped_identifier name: (identifier) @import.name) @import.source) @import
(package_declaration) @import
