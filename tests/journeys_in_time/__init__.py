"""Journeys through time: weeks and months of a small organisation, lived day by day."""
