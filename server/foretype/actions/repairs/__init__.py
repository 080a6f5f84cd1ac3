"""Repairs that a finding's rule and syntax are enough for: no model, and the proof is the same."""
