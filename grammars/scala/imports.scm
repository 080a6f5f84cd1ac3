(import_declaration) @import
(import_declaration (identifier) @import.name .)
(import_declaration (namespace_selectors (identifier) @import.name))
(import_declaration (namespace_selectors (arrow_renamed_identifier alias: (identifier) @import.name)))
