((command name: (command_name) @_source argument: (word) @import.source) @import
  (#any-of? @_source "source" "."))
