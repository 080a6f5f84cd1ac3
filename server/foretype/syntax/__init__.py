"""Tree-sitter trees, queries, and where the cursor is."""
