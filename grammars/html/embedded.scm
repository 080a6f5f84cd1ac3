((script_element (raw_text) @embedded) (#set! language "javascript"))
((style_element (raw_text) @embedded) (#set! language "css"))
