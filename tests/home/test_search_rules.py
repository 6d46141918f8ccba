"""Rules in search: by the words that hold and held, for those who may see them."""

import pytest
from flask import Flask

from portal.db import db, table_of, writing
from portal.home import doctor, search_jobs
from portal.home.search import Asked, Hit, search
from portal.ideas.rule_record_finding import find_rules
from portal.ideas.search_models import EntryKind, SearchEntry
from portal.ideas.search_store import remove_all
from portal.ideas.words import Audience, Barrier
from tests.api.calling import Caller
from tests.factories import NOON, Cast, signed_in
from tests.ideas.making import viewer
from tests.ideas.ruling import changed, decided, named, rule_said

OLD, NEW = "Ask the zebra before you refund.", "Refund at once, the giraffe agrees."


def rules_found(person_id: int, text: str, **over: object) -> list[Hit]:
    hits = search(viewer(person_id), Asked(text, **over), now=NOON).hits  # type: ignore[arg-type]
    return [hit for hit in hits if hit.kind is EntryKind.RULE]


def test_a_rule_is_found_by_its_name_and_by_every_wording(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), title="Refund by zebra", says=OLD)
    (hit,) = rules_found(cast.bo, "zebras")
    assert (hit.ref, hit.number, hit.stage) == (rule, None, None)
    assert "".join(part.text for part in hit.title) == "Refund by zebra"

    changed(cast.mia, rule, title="Refund by antelope", says="Ask the antelope.")
    assert rules_found(cast.bo, "zebra") == [] and [one.ref for one in rules_found(cast.bo, "antelope")] == [rule]

    decided(cast.mia, rule, "changed", old_wording=OLD, new_wording=NEW)
    for words in ("antelope", "zebra", "giraffe agrees"):
        assert [one.ref for one in rules_found(cast.bo, words)] == [rule], words


@pytest.mark.parametrize("text", ["welsh", "wlesh", "welsh giraffe"])
def test_a_rule_for_some_is_found_by_them_alone(context: Flask, cast: Cast, text: str) -> None:
    rule = named(cast.sam, rule_said(cast.sam), scope=Audience.EMPLOYER, title="Welsh only")
    search_jobs.learn()

    for person in (cast.sam, cast.vic, cast.mia):
        assert [one.ref for one in rules_found(person, text)] == [rule]
    for person in (cast.asha, cast.kim, cast.bo):
        found = search(viewer(person), Asked(text), now=NOON)
        assert (found.hits, found.instead) == ([], "")


def test_a_rule_of_a_site_is_found_at_that_site(context: Flask, cast: Cast) -> None:
    durban = cast.places["Durban"]
    rule = named(cast.mia, rule_said(cast.asha), scope=Audience.SITE, site_ids=(durban,), title="Zulu first")

    for person in (cast.asha, cast.kim, cast.sam, cast.mia):
        seen = viewer(person).site_id == durban or person == cast.mia
        assert [one.ref for one in rules_found(person, "zulu")] == ([rule] if seen else [])


def test_filters_of_ideas_leave_rules_out_and_the_kind_takes_them_alone(context: Flask, cast: Cast) -> None:
    named(cast.asha, rule_said(cast.asha), title="Refund by zebra", barrier=Barrier.POLICIES)

    assert rules_found(cast.bo, "zebra", barrier=Barrier.POLICIES) == []
    assert len(search(viewer(cast.bo), Asked("zebra", kind=EntryKind.RULE), now=NOON).hits) == 1


def test_the_page_and_the_interface_lead_to_the_rule(app: Flask, cast: Cast) -> None:
    with app.app_context():
        rule = named(cast.asha, rule_said(cast.asha), title="Refund by zebra")

    page = signed_in(app, cast.bo).get("/search?q=zebra").text
    items = Caller(app, cast.bo).get("/search", query_string={"q": "zebra"}).get_json()["items"]

    assert f'href="/rules/{rule}"' in page and "<mark>zebra</mark>" in page
    assert [(one["kind"], one["number"], one["idea"]) for one in items] == [("rule", rule, None)]


def test_the_worker_adds_rules_that_are_missing(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), title="Refund by zebra")
    decided(cast.mia, rule, "changed", old_wording=OLD, new_wording=NEW)
    entries = table_of(SearchEntry)
    with writing():
        before = db.session.execute(entries.select().where(entries.c.kind == EntryKind.RULE)).one()
        remove_all([(before.id, before.stems)])
    examined = {check.name: check.fine for check in doctor.examine(context, now=NOON)}
    assert rules_found(cast.bo, "zebra") == [] and not examined["search index"]

    assert search_jobs.complete() == 1 and search_jobs.complete() == 0
    again = db.session.execute(entries.select().where(entries.c.kind == EntryKind.RULE)).one()
    assert again == before and [one.ref for one in rules_found(cast.bo, "giraffe")] == [rule]


@pytest.mark.parametrize("text", ["zbera", "refnud zebra", "zeb", "refunding zebras", "zebra tomorrow"])
def test_what_may_i_say_now_forgives_typing(context: Flask, cast: Cast, text: str) -> None:
    rule = named(cast.asha, rule_said(cast.asha), title="Refund by zebra", says=OLD)
    named(cast.asha, rule_said(cast.asha), title="Cancel by fax only")
    search_jobs.learn()

    assert [one.number for one in find_rules(viewer(cast.bo), text)] == [rule]
