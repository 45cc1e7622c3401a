"""Measurements against peers, in one run; nothing here is timed by the tests."""
