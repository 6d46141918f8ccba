"""Append-only double-entry points: accounts, transfers, hash chain. Knows points, not ideas."""
