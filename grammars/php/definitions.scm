(const_declaration (const_element (name) @name)) @definition.value
(property_declaration (property_element name: (variable_name (name) @name))) @definition.value
(enum_case name: (name) @name) @definition.value

(method_declaration name: (name) @name !body) @signature
