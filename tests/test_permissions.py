"""Who may do what: the assembled table against the one written by hand, and the mechanism that asks it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import policies
from portal.errors import Refused
from portal.people import access, tokens
from portal.people.policy import anyone, demand, either, holds, signed_in
from portal.people.roles import Role
from portal.people.scopes import Scope
from portal.people.viewer import Held, Viewer
from portal.web.api import PREFIX
from portal.web.api_document import operations
from tests.api.calling import Caller
from tests.databases import MovableApp
from tests.factories import Cast, send
from tests.factories import signed_in as client_of

GOLDEN = Path(__file__).with_name("golden_permissions.txt")
ORGANISATION, LEEDS, LEEDS_BILLING, BELFAST = "/1/", "/1/2/", "/1/2/3/", "/1/4/"


def viewer(*roles: Role, at: str = ORGANISATION, team: bool = False) -> Viewer:
    return Viewer(
        id=7, name="Somebody", initials="S", job_title="", place_id=3, path=LEEDS_BILLING, team_id=3 if team else None,
        site_id=2, employer_id=1, organisation_id=1, timezone="UTC", held=tuple(Held(role, at) for role in roles),
    )  # fmt: skip


@pytest.fixture(scope="session")
def app_with_a_door(movable_app: Callable[..., MovableApp]) -> MovableApp:
    """One application with a page for the programme for all tests here."""
    return movable_app(add_a_door)


@pytest.fixture
def app(database_url: str, tmp_path: Path, app_with_a_door: MovableApp) -> Iterator[Flask]:
    """The application with that page on a fresh database."""
    with app_with_a_door.lent(database_url, tmp_path) as app:
        yield app


def golden() -> dict[str, dict[str, bool]]:
    lines = [line.split() for line in GOLDEN.read_text().splitlines() if line and not line.startswith("#")]
    columns = lines[0][1:]
    return {action: {who: cell == "y" for who, cell in zip(columns, cells, strict=True)}
            for action, *cells in lines[1:]}  # fmt: skip


def person(who: str) -> Viewer | None:
    if who == "nobody":
        return None
    return viewer(Role(who), team=who == "frontline")


def test_the_table_by_hand_names_every_action_once() -> None:
    lines = [line.split()[0] for line in GOLDEN.read_text().splitlines() if line and not line.startswith("#")]

    assert set(golden()) == set(policies.assembled())
    assert len(lines[1:]) == len(golden())


def test_the_table_by_hand_has_a_column_for_every_role() -> None:
    assert {tuple(cells) for cells in golden().values()} == {("nobody", *Role)}


@pytest.mark.parametrize("action", sorted(policies.assembled()))
def test_the_policy_is_the_one_written_by_hand(action: str) -> None:
    rule, wanted = policies.assembled()[action], golden()[action]

    assert {who: rule(person(who), None) for who in wanted} == wanted


def test_a_role_counts_only_below_the_node_on_which_it_is_held() -> None:
    class Place:
        def __init__(self, path: str) -> None:
            self.path = path

    leads_leeds = viewer(Role.TEAM_LEADER, at=LEEDS)
    rule = holds(Role.TEAM_LEADER)

    assert rule(leads_leeds, Place(LEEDS_BILLING))
    assert rule(leads_leeds, Place(LEEDS))
    assert not rule(leads_leeds, Place(BELFAST))
    assert not rule(leads_leeds, Place(ORGANISATION))


def test_a_node_is_not_above_another_because_its_number_begins_alike() -> None:
    class Place:
        path = "/1/22/"

    assert not holds(Role.TEAM_LEADER)(viewer(Role.TEAM_LEADER, at="/1/2/"), Place())


def test_either_stops_asking_once_a_rule_has_said_yes() -> None:
    def must_not_be_asked(_viewer: Viewer | None, _subject: object = None) -> bool:
        raise AssertionError("asked")

    assert either(anyone, must_not_be_asked)(None, None)


def test_a_demand_raises_where_the_rule_says_no() -> None:
    table = {"yes": anyone, "no": signed_in}

    demand(table, "yes", None)
    with pytest.raises(Refused) as refusal:
        demand(table, "no", None)

    assert refusal.value.code == "not_allowed"


def test_no_action_is_named_by_two_capabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "TABLES", ({"idea.see": anyone}, {"idea.see": signed_in}))

    with pytest.raises(RuntimeError, match=r"idea\.see"):
        policies.assembled()


def test_a_route_without_a_policy_stops_the_application(fresh_app: Flask) -> None:
    fresh_app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")

    with pytest.raises(RuntimeError, match="/forgotten"):
        policies.enforce_all(fresh_app)


def test_a_route_whose_action_nobody_defined_stops_the_application(fresh_app: Flask) -> None:
    fresh_app.add_url_rule("/mistyped", "mistyped", access.requires("idea.sea")(lambda: ""))

    with pytest.raises(RuntimeError, match=r"idea\.sea"):
        policies.enforce_all(fresh_app)


def test_every_action_that_routes_name_exists(app: Flask) -> None:
    named = {getattr(app.view_functions[rule.endpoint], "policy_action", "public") for rule in app.url_map.iter_rules()}

    assert named <= set(policies.assembled())


def test_a_stranger_is_sent_to_sign_in_wherever_a_page_is_not_public(app: Flask) -> None:
    client = app.test_client()

    answers = {address: client.get(address) for address in addresses(app, "GET", public=False)}

    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code != 303} == {}
    assert all(answer.location.startswith("/sign-in") for answer in answers.values())


def test_a_stranger_with_a_valid_token_is_sent_to_sign_in_by_every_form_that_is_not_public(app: Flask) -> None:
    client = app.test_client()

    answers = {address: send(client, address) for address in addresses(app, "POST", public=False)}

    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code != 303} == {}
    assert all(answer.location.startswith("/sign-in") for answer in answers.values())


def test_no_form_is_accepted_without_its_token(app: Flask, cast: Cast) -> None:
    client = client_of(app, cast.tess)

    statuses = {address: client.post(address, data={}).status_code for address in addresses(app, "POST")}

    assert statuses != {}
    # But one: mail programs send it, and a signature in the address stands for the token (RFC 8058).
    assert {address: status for address, status in statuses.items() if status != 403} == {"/unsubscribe/x": 404}
    assert client.post("/me/theme", data={"theme": "dark"}).status_code == 403


def test_the_wrong_role_is_told_so_and_a_right_one_gets_through(app: Flask, cast: Cast) -> None:
    denied = client_of(app, cast.asha).get("/only-for-programme")
    allowed = client_of(app, cast.mia).get("/only-for-programme")

    assert denied.status_code == 403
    assert allowed.get_data(as_text=True) == "in"


@pytest.mark.parametrize(
    "variant",
    ["/only-for-programme", "/only-for-programme/", "/ONLY-for-programme", "//only-for-programme",
     "/only-for-programme;a=b", "/only-for-programme%2f", "/./only-for-programme", "/x/../only-for-programme",
     "/only-for-programme\x00"],
)  # fmt: skip
def test_no_spelling_of_an_address_gets_around_the_policy(app: Flask, cast: Cast, variant: str) -> None:
    client = client_of(app, cast.asha)

    # As it would arrive: a client of ours would tidy the path before it sends it.
    statuses = {method: client.open("/", method=method, environ_overrides={"PATH_INFO": variant}).status_code
                for method in ("GET", "HEAD", "OPTIONS")}  # fmt: skip

    assert set(statuses.values()) <= {403, 404}


def test_a_method_in_a_header_is_not_believed(app: Flask, cast: Cast) -> None:
    client = client_of(app, cast.asha)

    answer = client.get("/help/who-can-see-what", headers={"X-HTTP-Method-Override": "DELETE"})

    assert answer.status_code == 200


def test_changes_are_never_made_by_a_get(app: Flask) -> None:
    """Each address that takes a POST and a GET names both; no GET is named for something done."""
    doing = re.compile(r"/(delete|remove|end|revoke|undo|withdrawal|votes|confirm)$")

    assert [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and doing.search(rule.rule)
            and not rule.rule.startswith("/api/")  # nouns: one's own votes are read there
            and "POST" not in (rule.methods or ())] == []  # fmt: skip


def test_no_operation_answers_without_a_key_not_even_to_a_browser_that_is_signed_in(app: Flask, cast: Cast) -> None:
    stranger, browser = app.test_client(), client_of(app, cast.tess)

    answers = {
        (method, path, who): client.open(path, method=method, json={} if method != "GET" else None)
        for method, path, _ in called(app)
        for who, client in (("nobody", stranger), ("cookie", browser))
    }

    assert answers != {}
    assert {at: answer.status_code for at, answer in answers.items() if answer.status_code != 401} == {}
    assert {answer.json["error"] for answer in answers.values()} == {"token_missing"}  # type: ignore[index]


def test_no_operation_answers_a_key_without_its_scope(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every scope but the one that stands in the document."""
    monkeypatch.setattr(tokens, "PER_PERSON_MAX", len(Scope))
    callers = {scope: Caller(app, cast.tess, *(set(Scope) - {scope})) for scope in Scope}

    answers = {
        (method, path): callers[operation["x-scope"]].call(
            method, path.removeprefix(PREFIX), json={} if method != "GET" else None
        )
        for method, path, operation in called(app)
    }

    assert {at: answer.status_code for at, answer in answers.items() if answer.status_code != 403} == {}
    assert {answer.json["error"] for answer in answers.values()} == {"scope"}  # type: ignore[index]


def test_no_operation_does_for_a_person_what_the_table_refuses_them(app: Flask, cast: Cast) -> None:
    """Asha works in a team and holds nothing else; what the table by hand does not give her is 403 before all else."""
    asha, table = Caller(app, cast.asha), golden()

    refused = [(method, path) for method, path, operation in called(app)
               if not table[operation["x-action"]]["frontline"]]  # fmt: skip
    answers = {at: asha.call(at[0], at[1].removeprefix(PREFIX), json={} if at[0] != "GET" else None) for at in refused}

    assert answers != {}
    assert {at: answer.status_code for at, answer in answers.items() if answer.status_code != 403} == {}
    assert {answer.json["error"] for answer in answers.values()} == {"not_allowed"}  # type: ignore[index]


def called(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation of the document with an address to call: 1 for a number, a month, a code."""
    places = {"{month}": "2026-03", "{code}": "csat"}
    return [
        (method, re.sub(r"\{\w+\}", lambda part: places.get(part[0], "1"), path), operation)
        for method, path, operation in operations(app)  # type: ignore[arg-type]
    ]


def addresses(app: Flask, method: str, *, public: bool | None = None) -> list[str]:
    """Every address of a page that takes the method, with 1 wherever a number stands and "x" for a word."""
    found = []
    for rule in app.url_map.iter_rules():
        action = getattr(app.view_functions[rule.endpoint], "policy_action", "public")
        if rule.endpoint == "static" or rule.rule.startswith(PREFIX) or method not in (rule.methods or ()):
            continue
        if public is not None and public != (action == "public"):
            continue
        found.append(re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda part: "x" if part[1] in (None, "path", "string")
                            else "1", rule.rule))  # fmt: skip
    return found


def add_a_door(app: Flask) -> None:
    """A page for the programme."""
    page = access.requires("people.list")(lambda: "in")
    app.add_url_rule("/only-for-programme", "door", page, methods=["GET"])
