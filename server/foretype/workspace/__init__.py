"""The workspace's files: walked, read and outlined in a process of their own, beside the editor's work."""
