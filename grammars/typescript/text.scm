; inherits: javascript

(template_type) @interpolation
