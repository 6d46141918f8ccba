"""A fictional organisation of any size, deterministic by seed."""
