"""Plays typists against real servers, measures what they see, and reports it with its conditions."""
