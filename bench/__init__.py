"""Load and size: what Sayso takes on this machine, against what this machine could take at all."""
