(fenced_code_block (info_string (language) @embedded.language) (code_fence_content) @embedded)
