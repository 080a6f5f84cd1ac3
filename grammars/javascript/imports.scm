(import_statement source: (string) @import.source) @import
(import_statement (import_clause (identifier) @import.name)) @import
(import_statement (import_clause (namespace_import (identifier) @import.name))) @import
(import_statement
  (import_clause (named_imports (import_specifier !alias name: (identifier) @import.name)))) @import
(import_statement
  (import_clause (named_imports (import_specifier alias: (identifier) @import.name)))) @import

(lexical_declaration
  (variable_declarator
    name: [
      (identifier) @import.name
      (object_pattern (shorthand_property_identifier_pattern) @import.name)
    ]
    value: (call_expression
      function: (identifier) @_require
      arguments: (arguments (string) @import.source)))
  (#eq? @_require "require")) @import
