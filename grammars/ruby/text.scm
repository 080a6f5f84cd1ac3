(comment) @comment
(string) @string
(heredoc_body) @string
(regex) @string
(subshell) @string
(interpolation) @interpolation
