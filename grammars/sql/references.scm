(invocation (object_reference name: (_) @reference.call))
(relation (object_reference name: (_) @reference.type))
(insert (object_reference name: (_) @reference.type))
