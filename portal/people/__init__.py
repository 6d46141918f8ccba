"""The organisation tree, people, roles granted on it, sign-in and imports."""
