"""FIM families, the rolling middle, and prompts in which text and control tokens are kept apart."""
