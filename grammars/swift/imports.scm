(import_declaration (identifier (simple_identifier) @import.name .) @import.source) @import
