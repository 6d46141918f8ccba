"""Executives on the frontline: shifts, what surprised them, telling everybody, and who speaks for whom."""
