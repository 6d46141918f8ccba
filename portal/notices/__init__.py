"""Mail that leaves the house, and who gets it."""
