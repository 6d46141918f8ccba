"""Where a form may send people afterwards: only to our own pages."""

from urllib.parse import urlsplit


def safe_next(target: str | None, fallback: str = "/") -> str:
    """`target` if it is a path of our own, else `fallback`. Refuses //host, back slashes and control characters."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return fallback
    if any(ord(sign) < 33 or 127 <= ord(sign) < 160 for sign in target):
        return fallback
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else fallback
