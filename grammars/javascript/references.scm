(call_expression function: (identifier) @reference.call)
(call_expression function: (member_expression property: (property_identifier) @reference.call))

(new_expression constructor: (identifier) @reference.type)
(class_heritage (identifier) @reference.type)

(jsx_opening_element name: (identifier) @reference.type (#match? @reference.type "^[A-Z]"))
(jsx_self_closing_element name: (identifier) @reference.type (#match? @reference.type "^[A-Z]"))
