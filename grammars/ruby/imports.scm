((call
  !receiver
  method: (identifier) @_require
  arguments: (argument_list (string) @import.source)) @import
  (#match? @_require "^(require|require_relative|load)$"))
