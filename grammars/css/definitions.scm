((declaration (property_name) @name) @definition.value (#match? @name "^--"))
