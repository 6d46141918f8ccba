"""How far the estimator can be trusted: contact centres made up from a seed, and what it says about them."""

import os

# Before numpy is loaded: matrices of a hundred rows are no faster on two cores, and several runs may share them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
