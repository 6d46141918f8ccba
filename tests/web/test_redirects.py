"""Where a form may send people afterwards."""

import pytest
from flask.testing import FlaskClient

from portal.web.redirects import safe_next
from tests.factories import send

OUTSIDE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "\t//evil.example",
    "/%0d%0aLocation: x\r\n", "/a\r\nSet-Cookie: x=1", "/a\nb", " //evil.example", "https://evil.example",
    "http:evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example", "", "./ideas", "../ideas",
    "/a\x00b", "/a\x7f", "/\x85//evil", "/%2f%2fevil.example\\",
]  # fmt: skip
INSIDE = ["/", "/ideas", "/ideas/42?view=rising&page=2#votes", "/ideas?q=%2F%2Fevil", "/ideas?next=//evil.example",
          "/ideas/naïve"]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_what_leads_elsewhere_leads_home(target: str) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", INSIDE)
def test_our_own_paths_are_followed(target: str) -> None:
    assert safe_next(target) == target


def test_no_target_means_the_fallback() -> None:
    assert safe_next(None, "/ideas") == "/ideas"


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "\t//evil.example", "/a\r\nX: y"])
def test_a_real_page_goes_home_instead(client: FlaskClient, target: str) -> None:
    answer = send(client, "/me/theme", theme="light", next=target)

    assert (answer.status_code, answer.location) == (303, "/")
    assert "X" not in answer.headers
