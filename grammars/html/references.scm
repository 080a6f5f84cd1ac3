((attribute (attribute_name) @_class (quoted_attribute_value (attribute_value) @reference.type))
  (#eq? @_class "class"))
