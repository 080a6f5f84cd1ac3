(comment) @comment
(string) @string
(interpolation) @interpolation

(module . (comment)* . (expression_statement (string) @docstring))
(function_definition body: (block . (comment)* . (expression_statement (string) @docstring)))
(class_definition body: (block . (comment)* . (expression_statement (string) @docstring)))
