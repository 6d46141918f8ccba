"""How far the estimator can be trusted: contact centres made up from a seed, and what it says about them."""
