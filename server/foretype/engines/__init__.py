"""Engines: whatever continues a prompt, behind one small protocol."""
