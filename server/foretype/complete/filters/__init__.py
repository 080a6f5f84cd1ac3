"""Filters over answers: what they are given, the chain, and how to run it over whole and growing answers."""

from foretype.complete.filters.candidate import WINDOW, Candidate, Filtered, Surroundings
from foretype.complete.filters.chain import FILTERS, LATE, run, run_partial

__all__ = ["FILTERS", "LATE", "WINDOW", "Candidate", "Filtered", "Surroundings", "run", "run_partial"]
