"""What a number of a thing can be."""

KEY_MAX = 2**31 - 1  # what a key of the database can hold: PostgreSQL refuses to look for more
