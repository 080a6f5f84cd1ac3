(call method: (identifier) @reference.call)

(superclass (constant) @reference.type)
(call receiver: (constant) @reference.type)
(argument_list (constant) @reference.type)
(exceptions (constant) @reference.type)
