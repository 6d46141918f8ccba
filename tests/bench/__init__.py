"""Tests of the bench: what it makes of its figures."""
