"""The demo organisation is whole: every story can be loaded, believed and shown."""

import ast
import random
import re
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import portal.demo
from portal.demo.content import CAST, IDEAS, NAMES, ORGANISATION, PARTNERS, SITES, TEAMS, WEEKS

BARRIERS = {
    "systems", "processes", "procedures", "policies", "technology", "hiring", "training", "management",
    "goals", "objectives", "quality_assurance", "forecasting", "scheduling", "measurements", "knowledge",
}  # fmt: skip
ROLES = {
    "frontline", "team_leader", "owner", "executive", "programme", "administrator", "forecaster", "approver",
    "auditor",
}  # fmt: skip
DECLINE_REASONS = {
    "law_or_safety", "costs_more_than_it_saves", "already_being_done", "trains_around_the_problem", "not_now",
    "duplicate",
}  # fmt: skip
STOP_REASONS = {"unsafe", "unlawful", "tried", "wrong_fix", "moves_pain"}
KEPT = {"done", "confirmed"}
PEOPLE = {person.key: person for person in CAST}
STORIES = {idea.key: idea for idea in IDEAS}
SITE_KEYS = {site.key for site in SITES}
TEAM_KEYS = {team.key for team in TEAMS}
PLACES = {ORGANISATION[0]} | {partner.key for partner in PARTNERS} | SITE_KEYS | TEAM_KEYS
every_idea = pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.key)


def words_of(thing):
    """Every piece of text somewhere inside a story, keys included."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for item in thing:
            yield from words_of(item)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from words_of(getattr(thing, field.name))


def test_about_four_hundred_people_work_in_24_teams_at_four_sites():
    outside_teams = [person for person in CAST if person.place not in TEAM_KEYS]

    assert len(SITES) == 4 and len(TEAMS) == 24 == len(TEAM_KEYS)
    assert {team.site for team in TEAMS} == SITE_KEYS
    assert all(team.key.startswith(f"{team.site}-") for team in TEAMS)
    assert 390 <= sum(team.headcount for team in TEAMS) + len(outside_teams) <= 420


def test_two_sites_belong_to_the_partner():
    employers = Counter(site.employer for site in SITES)

    assert employers == {ORGANISATION[0]: 2, PARTNERS[0].key: 2}


def test_everybody_in_the_cast_has_a_place_a_known_role_and_a_name_of_their_own():
    assert len(PEOPLE) == len(CAST) == len({person.name for person in CAST})
    assert all(person.place in PLACES for person in CAST)
    assert all(person.roles and set(person.roles) <= ROLES for person in CAST)
    assert Counter(role for person in CAST for role in person.roles)["executive"] == 12


def test_every_team_has_exactly_one_leader():
    leaders = Counter(person.place for person in CAST if "team_leader" in person.roles)

    assert leaders == dict.fromkeys(TEAM_KEYS, 1)


def test_no_team_has_more_named_people_than_it_has_heads():
    named = Counter(person.place for person in CAST)

    assert all(named[team.key] <= team.headcount for team in TEAMS)


def test_each_site_has_names_enough_for_its_people_without_repeating_one():
    chance = random.Random(1)
    taken = {person.name for person in CAST}
    for site, pools in NAMES:
        heads = sum(team.headcount for team in TEAMS if team.site == site)
        assert sum(pool.share for pool in pools) == 100
        for pool in pools:
            assert len(set(pool.first)) == len(pool.first) and len(set(pool.last)) == len(pool.last)
            assert len(pool.first) * len(pool.last) >= 6 * heads * pool.share / 100
        names = {f"{chance.choice(pool.first)} {chance.choice(pool.last)}" for pool in pools for _ in range(2 * heads)}
        assert len(names - taken) >= heads
    assert {site for site, _ in NAMES} == SITE_KEYS


def test_there_are_stories_in_every_state():
    fates = Counter(idea.fate for idea in IDEAS)

    assert len(IDEAS) >= 66
    assert fates["open"] + fates["gathering"] >= 30
    assert fates["promoted"] == 6 and fates["declined"] == 6
    assert fates["promised"] + fates["overdue"] == 9 and fates["overdue"] == 1
    assert fates["done"] == 2 and fates["confirmed"] >= 10
    assert fates["withdrawn"] == 1 and fates["hidden"] == 1 and fates["joined"] == 1


def test_keys_titles_and_sayings_are_distinct():
    assert len(STORIES) == len(IDEAS)
    assert len({idea.title.casefold() for idea in IDEAS}) == len(IDEAS)
    assert len({idea.say.casefold() for idea in IDEAS}) == len(IDEAS)


def test_no_two_stories_share_a_run_of_six_words():
    seen = {}
    for idea in IDEAS:
        words = re.findall(r"[\w£']+", f"{idea.title} | {idea.say}".casefold())
        for run in {tuple(words[at : at + 6]) for at in range(len(words) - 5)}:
            assert seen.setdefault(run, idea.key) == idea.key, " ".join(run)


def test_all_barriers_are_met_and_no_others():
    assert {idea.barrier for idea in IDEAS} == BARRIERS


def test_most_ideas_are_for_the_whole_organisation():
    audiences = Counter(idea.audience for idea in IDEAS)

    assert audiences["employer"] == 3 and audiences["site"] == 2
    assert audiences["organisation"] == len(IDEAS) - 5


def test_most_people_hide_their_name_and_some_show_it():
    shown = sum(idea.names == "shown" for idea in IDEAS)

    assert len(IDEAS) // 5 <= shown < len(IDEAS) // 2


def test_people_talk_about_at_least_25_ideas_in_all_three_ways():
    assert sum(bool(idea.comments) for idea in IDEAS) >= 25
    kinds = Counter(comment.kind for idea in IDEAS for comment in idea.comments)
    assert set(kinds) == {"build", "workaround", "question"} and min(kinds.values()) >= 10


def test_every_stop_reason_occurs_and_some_are_answered():
    stops = [stop for idea in IDEAS for stop in idea.stops]

    assert {stop.reason for stop in stops} == STOP_REASONS
    assert any(stop.answer for stop in stops) and any(not stop.answer for stop in stops)


def test_every_decline_reason_is_used_once():
    reasons = Counter(idea.decline.reason for idea in IDEAS if idea.decline)

    assert reasons == dict.fromkeys(DECLINE_REASONS, 1)


@every_idea
def test_an_idea_has_the_lengths_and_words_the_product_takes(idea):
    assert 3 <= len(idea.say) <= 600 and 3 <= len(idea.title) <= 80
    assert idea.kind in {"stupid_rule", "idea"}
    assert idea.team in TEAM_KEYS and idea.site in SITE_KEYS
    assert 0 < idea.appeal <= 1 and 0 < idea.days_ago <= WEEKS * 7
    assert not idea.title.endswith(".")


@every_idea
def test_people_named_in_a_story_exist_and_may_do_what_they_do(idea):
    if idea.author:
        assert idea.author in PEOPLE
    for comment in idea.comments:
        assert (comment.author in PEOPLE) != (comment.team in TEAM_KEYS)
    for stop in idea.stops:
        assert stop.team in TEAM_KEYS and bool(stop.answer) == (stop.answered_by in PEOPLE)
    if idea.promise:
        assert "owner" in PEOPLE[idea.promise.owner].roles
        assert "executive" in PEOPLE[idea.promise.sponsor].roles
        assert idea.promise.owner != idea.promise.sponsor
    if idea.decline:
        assert "executive" in PEOPLE[idea.decline.by].roles
    if idea.hiding:
        assert "programme" in PEOPLE[idea.hiding.by].roles


@every_idea
def test_nobody_outside_the_audience_comments_or_stops(idea):
    employer = {site.key: site.employer for site in SITES}
    places = [stop.team for stop in idea.stops]
    places += [comment.team or PEOPLE[comment.author].place for comment in idea.comments]
    for place in places:
        site = place.partition("-")[0]
        if idea.audience == "site":
            assert site == idea.site
        elif idea.audience == "employer":
            assert employer.get(site, site) == employer[idea.site]


@every_idea
def test_a_story_holds_what_its_fate_needs_and_nothing_else(idea):
    assert bool(idea.promise) == (idea.fate in {"promised", "overdue"} | KEPT)
    assert bool(idea.delivery) == (idea.fate in KEPT)
    assert bool(idea.decline) == (idea.fate == "declined")
    assert (idea.promoted_days_ago is not None) == bool(idea.promise or idea.decline or idea.fate == "promoted")
    assert bool(idea.withdrawn_note) == (idea.withdrawn_days_ago is not None) == (idea.fate == "withdrawn")
    assert bool(idea.hiding) == (idea.fate == "hidden")
    assert bool(idea.joining) == (idea.fate == "joined")


@every_idea
def test_a_stop_for_harm_or_law_says_why(idea):
    for stop in idea.stops:
        assert stop.sentence or stop.reason not in {"unsafe", "unlawful"}
        assert len(stop.sentence) <= 300 and len(stop.answer) <= 300
        assert bool(stop.answer) == (stop.answered_by is not None) and (stop.answer or not stop.kept)


@every_idea
def test_no_text_looks_like_private_data_or_shouts(idea):
    for text in words_of(idea):
        assert "anonymous" not in text.casefold()
        assert "@" not in text and "!" not in text
        assert not re.search(r"\d{5,}|\d{3,}[ -]\d{3,}", text.replace(",", "")), text
        assert "  " not in text and text == text.strip()
        assert not re.search(r"[.,;:?][A-Za-z]", text.replace("a.m.", "")), text


def test_the_data_needs_nothing_but_the_standard_library():
    folder = Path(portal.demo.__file__).parent
    files = [folder / f"{name}.py" for name in ("content", "measures", "names", "shapes")]
    for file in [*files, *folder.glob("stories*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module == "dataclasses" or node.module.startswith("portal.demo.")
            assert not isinstance(node, ast.Import)
