(variable_declaration
  (assignment_statement
    (variable_list name: (identifier) @import.name)
    (expression_list
      value: (function_call name: (identifier) @_require arguments: (arguments (string) @import.source))))
  (#eq? @_require "require")) @import
