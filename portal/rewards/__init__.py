"""Which event pays whom how many points, and how hidden authors are paid."""
