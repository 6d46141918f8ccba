"""Customer metrics: definitions, observations with revisions, imports."""
