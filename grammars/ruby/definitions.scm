(assignment left: (constant) @name) @definition.value
(class (body_statement (assignment left: (class_variable) @name) @definition.value))
