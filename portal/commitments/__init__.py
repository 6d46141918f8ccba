"""Promises: an owner, a date, updates, delivery and its confirmation."""
