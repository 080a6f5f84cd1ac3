"""The one base of all errors that are meant for the user."""

from __future__ import annotations


class ForetypeError(Exception):
    """Something the user can put right; its text is one clear sentence: what is wrong, and what to do about it."""
