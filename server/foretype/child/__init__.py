"""Processes of our own: how they are started, and the frames exchanged with them."""
