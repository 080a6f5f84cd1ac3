"""Code actions: fixes and refactorings that are proved, as far as they can be, before they are offered."""
