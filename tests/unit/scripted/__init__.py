"""Engines that the test scripts, and a pipeline on them."""
