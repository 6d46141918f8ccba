"""The one renderer of Markdown, for pages, mails and the interface alike."""

from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "p",
    "br",
    "em",
    "strong",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "blockquote",
    "a",
    "h3",
    "h4",
    "hr",
    "del",
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


def render_markdown(source: str) -> Markup:
    """Safe HTML for a text of at most 10,000 characters. Raw HTML and images are shown as text or dropped."""
    return Markup(_rendered(source))


@lru_cache(maxsize=512)
def _rendered(source: str) -> str:
    html = _parser().render(source)
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer ugc",
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 20}).disable("image")
    parser.validateLink = _link_is_harmless  # type: ignore[method-assign]
    return parser


def _link_is_harmless(url: str) -> bool:
    """http, https, mailto, a path of ours or an anchor. `//host` and back slashes leave the house unseen."""
    url = url.strip()
    if "\\" in url or url.startswith("//") or any(ord(sign) < 33 for sign in url):
        return False
    if url.startswith(("/", "#")):
        return True
    try:
        return urlsplit(url).scheme.lower() in SCHEMES
    except ValueError:
        return False
