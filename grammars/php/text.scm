(comment) @comment
(string) @string
(encapsed_string) @string
(heredoc) @string
(nowdoc) @string
(encapsed_string (member_access_expression) @interpolation)
(encapsed_string (variable_name) @interpolation)
