((attribute (attribute_name) @_id (quoted_attribute_value (attribute_value) @name)) @definition.value
  (#eq? @_id "id"))
