"""Keys for what we hand out and want to know again, each made of the one secret for one purpose."""

import hashlib

from flask import current_app


def secret_for(purpose: str) -> bytes:
    """32 bytes that nobody outside can know, the same in every process."""
    return hashlib.sha256(f"{purpose}\n{current_app.secret_key!r}".encode()).digest()
