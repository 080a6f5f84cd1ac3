(call_expression (function_name) @reference.call)
