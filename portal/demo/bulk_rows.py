"""The rows of a generated firm, table by table: columns first, then an iterator that keeps nothing."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from portal.commitments import models as commitments
from portal.db import Base
from portal.demo import bulk_words as words
from portal.demo.bulk_places import World
from portal.demo.bulk_swarm import KINDS, REASONS, VIAS, Carried
from portal.demo.bulk_years import SENTENCES, Years
from portal.ideas import models as ideas
from portal.ideas.guess import title_of
from portal.ideas.words import CommentKind, Names, StoryKind
from portal.people import models as people
from portal.people.models import Origin
from portal.people.roles import PlaceKind
from portal.swarm import models as swarm
from portal.triage import models as triage

Batch = tuple[type[Base], tuple[str, ...], Iterable[tuple[Any, ...]], int]  # table, columns, rows, how many
COMMENT_KINDS = (CommentKind.BUILD, CommentKind.BUILD, CommentKind.WORKAROUND, CommentKind.QUESTION)


def tree(world: World, began: datetime) -> Iterator[Batch]:
    """Places, people and what they hold."""
    places = (
        (node.id, node.kind, node.name, node.parent_id, node.path, node.employer_id, node.site_id,
         None if node.kind is PlaceKind.PARTNER else node.timezone)
        for node in world.nodes
    )  # fmt: skip
    yield people.Place, ("id", "kind", "name", "parent_id", "path", "employer_id", "site_id", "timezone"), places, \
        len(world.nodes)  # fmt: skip
    persons = (
        (n, world.name[n], f"demo-{n}", world.title[n], world.place[n], world.team[n] or None, world.site[n] or None,
         world.employer[n], world.manager[n] or None, Origin.DEMO, began)
        for n in range(1, len(world.name))
    )  # fmt: skip
    yield people.Person, ("id", "name", "staff_number", "job_title", "place_id", "team_id", "site_id", "employer_id",
                          "manager_id", "origin", "created_at"), persons, len(world.name) - 1  # fmt: skip
    grants = ((n, *grant, began) for n, grant in enumerate(world.grants, start=1))
    yield people.Grant, ("id", "person_id", "role", "place_id", "granted_at"), grants, len(world.grants)


def said(years: Years) -> Iterator[Batch]:
    """Ideas as they stand in the end, and what was added to them."""
    yield ideas.Idea, (
        "id", "kind", "say", "title", "barrier", "stage", "names", "author_id", "audience", "employer_id", "site_id",
        "team_id", "origin_label", "said_at", "moved_at", "first_vote_at", "hidden_at", "comment_count",
    ), _ideas(years), len(years.talks)  # fmt: skip
    yield ideas.Comment, ("id", "idea_id", "kind", "body", "names", "author_id", "by_idea_author", "origin_label",
                          "at"), _comments(years), len(years.comments[0])  # fmt: skip
    follows = ((n, idea, person, years.moment(at)) for n, (idea, person, at) in enumerate(zip(*years.follows), 1))  # noqa: B905
    yield ideas.Follow, ("id", "idea_id", "person_id", "since"), follows, len(years.follows[0])
    gone = ((n, idea, years.moment(at), why) for n, (idea, at, why) in enumerate(years.withdrawn, 1))
    yield ideas.Withdrawal, ("id", "idea_id", "at", "reason"), gone, len(years.withdrawn)
    log = ((n, idea, "hidden", by, why, years.moment(at)) for n, (idea, by, at, why) in enumerate(years.moderated, 1))
    yield ideas.Moderation, ("id", "idea_id", "action", "by_id", "reason", "at"), log, len(years.moderated)
    stories = _stories(years)
    rows = (
        (n, idea, years.moment(at), kind, actor, text, facts)
        for n, (idea, at, kind, actor, text, facts) in enumerate(stories, 1)
    )
    yield ideas.Story, ("id", "idea_id", "at", "kind", "actor_id", "words", "facts"), rows, len(stories)


def _ideas(years: Years) -> Iterator[tuple[Any, ...]]:
    rng, moment, world = random.Random(f"{years.size.seed}:words"), years.moment, years.world
    for talk in years.talks:
        text = words.said(rng)
        yield (
            talk.id, text.kind, text.say, title_of(text.say), text.barrier, talk.stage, talk.names,
            None if talk.names is Names.NONE else talk.author, talk.audience, talk.employer, talk.site, talk.team,
            world.label(talk.author), moment(talk.said), moment(talk.moved), moment(talk.first_vote),
            moment(talk.hidden), talk.comments,
        )  # fmt: skip


def _comments(years: Years) -> Iterator[tuple[Any, ...]]:
    rng, world = random.Random(f"{years.size.seed}:comments"), years.world
    for number, (idea, author, at) in enumerate(zip(*years.comments, strict=True), start=1):
        talk = years.talks[idea - 1]
        kind = rng.choice(COMMENT_KINDS)
        names = rng.choices((Names.HIDDEN, Names.SHOWN, Names.NONE), (65, 30, 5))[0]
        stored = None if names is Names.NONE else author
        as_author = author == talk.author and names is talk.names and names is not Names.NONE
        body = " ".join(words.one_of(words.ADDITIONS[kind], rng) for _ in range(1 + (rng.random() < 0.2)))
        yield number, idea, kind, body, names, stored, as_author, world.label(author), years.moment(at)


def _stories(years: Years) -> list[tuple[int, int, StoryKind, int | None, str, str]]:
    first = [
        (talk.id, talk.said, StoryKind.SAID, talk.author if talk.names is Names.SHOWN else None, "", "{}")
        for talk in years.talks
    ]
    return sorted([*first, *years.answers.rows.stories], key=lambda step: step[1])


def weighed(years: Years) -> Iterator[Batch]:
    """Votes, and what each team has said."""
    votes, cells, site_of = years.swarm.votes, years.swarm.cells, years.world
    yield swarm.Vote, ("id", "idea_id", "person_id", "team_id", "site_id", "kind", "reason", "sentence", "via", "at",
                       "revoked_at"), _votes(years), len(votes)  # fmt: skip
    rows = (
        (idea, team, site_of.node(team).site_id, u, d, m, supporters)
        for idea, team, u, d, m, supporters in zip(
            cells.idea, cells.team, cells.u, cells.d, cells.m, cells.supporters, strict=True
        )
    )
    yield swarm.IdeaTeam, ("idea_id", "team_id", "site_id", "u", "d", "m", "supporters"), rows, len(cells.idea)


def _votes(years: Years) -> Iterator[tuple[Any, ...]]:
    votes, world, moment = years.swarm.votes, years.world, years.moment
    columns = zip(
        votes.idea, votes.person, votes.kind, votes.reason, votes.words, votes.via, votes.at, votes.revoked, strict=True
    )
    for number, (idea, person, kind, reason, sentence, via, at, revoked) in enumerate(columns, start=1):
        why = REASONS[reason]
        yield (
            number, idea, person, world.team[person], world.site[person], KINDS[kind], why,
            SENTENCES[sentence][1] if why else "", VIAS[via], moment(at), moment(revoked),
        )  # fmt: skip


def carried(years: Years, links: list[tuple[Any, ...]], columns: tuple[str, ...]) -> Iterator[Batch]:
    """Promotions (`links`: their rows, chained) with what each team had said at that moment."""
    yield swarm.Promotion, columns, links, len(links)
    cells = [
        (promotion, team, years.world.node(team).site_id, cell.u, cell.d, cell.m)
        for promotion, one in enumerate(years.carried, start=1)
        for team, cell in _in_order(one)
    ]
    rows = ((n, *row) for n, row in enumerate(cells, start=1))
    yield swarm.PromotionTeam, ("id", "promotion_id", "team_id", "site_id", "u", "d", "m"), rows, len(cells)


def _in_order(one: Carried) -> list[tuple[int, Any]]:
    return sorted(one.cells, key=lambda pair: pair[0])


def answered(years: Years) -> Iterator[Batch]:
    """Promises with everything that belongs to them, and decisions."""
    rows, moment = years.answers.rows, years.moment
    promises = (
        (p.id, p.talk.id, p.owner, p.sponsor, p.sentence, p.metric, p.due, p.state, p.live, p.late, moment(p.made),
         moment(p.updated))
        for p in rows.promises
    )  # fmt: skip
    yield commitments.Commitment, ("id", "idea_id", "owner_id", "sponsor_id", "sentence", "metric_id", "due_on",
                                   "state", "live_from", "kept_late", "made_at", "updated_at"), \
        promises, len(rows.promises)  # fmt: skip
    dates = ((n, p, due, moment(at), by, why) for n, (p, due, at, by, why) in enumerate(rows.dates, 1))
    yield commitments.PromisedDate, ("id", "commitment_id", "due_on", "set_at", "set_by_id", "reason"), dates, \
        len(rows.dates)  # fmt: skip
    updates = ((n, p, by, moment(at), body) for n, (p, by, at, body) in enumerate(rows.updates, 1))
    yield commitments.Update, ("id", "commitment_id", "by_id", "at", "body"), updates, len(rows.updates)
    done = ((n, p, by, moment(at), live, text) for n, (p, by, at, live, text) in enumerate(rows.deliveries, 1))
    yield commitments.Delivery, ("id", "commitment_id", "by_id", "at", "live_from", "evidence"), done, \
        len(rows.deliveries)  # fmt: skip
    sites = ((n, *pair) for n, pair in enumerate(rows.delivery_sites, 1))
    yield commitments.DeliverySite, ("id", "delivery_id", "site_id"), sites, len(rows.delivery_sites)
    looks = ((n, d, by, moment(at), yes, why) for n, (d, by, at, yes, why) in enumerate(rows.verdicts, 1))
    yield commitments.DeliveryVerdict, ("id", "delivery_id", "by_id", "at", "confirmed", "reason"), looks, \
        len(rows.verdicts)  # fmt: skip
    answers = (
        (n, idea, kind, by, moment(at), reason, sentence, change, again, promise)
        for n, (idea, kind, by, at, reason, sentence, change, again, promise) in enumerate(rows.decisions, 1)
    )
    yield triage.Decision, ("id", "idea_id", "kind", "by_id", "at", "reason", "sentence", "would_change",
                            "look_again_on", "commitment_id"), answers, len(rows.decisions)  # fmt: skip


def midnight(now: datetime) -> datetime:
    """The beginning of the day: a generated firm is the same all day long, and nothing in it is yet to come."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def first_day(now: datetime, days: int) -> datetime:
    """The moment at which the generated time begins."""
    return midnight(now) - timedelta(days=days)
