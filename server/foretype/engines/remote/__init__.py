"""Engines elsewhere: one stack for all protocols, each of which is a URL, a body builder and an event parser."""
