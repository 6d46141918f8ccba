"""What must leave the process later: messages written in the same transaction, claimed by the worker."""
