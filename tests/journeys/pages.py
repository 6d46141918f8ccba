"""Every page there is, and who looks at it. A route that answers with a page and is not here fails a test."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from flask import Flask
from requests import Response
from sqlalchemy import func
from werkzeug.exceptions import NotFound

from portal import clock
from portal.commitments.floor_models import FloorWave
from portal.commitments.floor_queries import waiting_for as checks_for
from portal.commitments.models import Commitment, CommitmentState, Delivery
from portal.db import db, writing
from portal.frontline import broadcasts
from portal.frontline.broadcast_rules import NewBroadcast
from portal.frontline.models import SignUp, Slot
from portal.frontline.representative_models import Rotation
from portal.frontline.representative_turns import today_of
from portal.frontline.representatives import start_rotation
from portal.frontline.words import BuddyState, Busy, Channel, SeatState
from portal.ideas import imports
from portal.ideas.bulletin_queries import waiting_for as bulletins_for
from portal.ideas.earlier_columns import open_sheet
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.impact.models import Plan
from portal.metrics.models import Metric
from portal.people.models import Place
from portal.people.queries import demo_viewer
from portal.people.roles import PlaceKind
from portal.swarm.occurrence_models import Occurrence
from portal.triage import ask
from tests.journeys.debriefed import debriefed
from tests.journeys.offered import offered
from tests.journeys.published import published
from tests.journeys.serving import Installation, Visitor, number_in

NOBODY = "nobody"  # in front of an installation that was started for the first time
PAGES = (
    (NOBODY, "/setup/first-administrator"),
    (NOBODY, "/sign-in"),
    (NOBODY, "/reset"),
    (NOBODY, "/reset/sent"),
    (NOBODY, "/code"),
    (NOBODY, "/help/who-can-see-what"),
    (NOBODY, "/api/docs"),
    (NOBODY, "/nowhere"),
    ("frontline", "/ideas"),
    ("frontline", "/ideas?view=done"),
    ("frontline", "/ideas/{open}"),
    ("frontline", "/ideas/{done}"),
    ("frontline", "/ideas/{declined}"),
    ("executive", "/ideas/{declined}/new-facts"),
    ("frontline", "/ideas/{said}"),
    ("frontline", "/ideas/{said}/edit"),
    ("frontline", "/ideas/{said}/sorting"),
    ("frontline", "/representatives"),
    ("programme", "/representatives/new"),
    ("frontline", "/representatives/give?idea={open}"),
    ("frontline", "/representatives/give?q=customers"),
    ("frontline", "/representatives/seat"),
    ("frontline", "/representatives/{rotation}"),
    ("frontline", "/ideas/{open}/stops"),
    ("frontline", "/ideas/{open}/occurrences"),
    ("frontline", "/ideas/{done}/back"),
    ("frontline", "/ideas/{reopened}"),
    ("frontline", "/commitments/{back}"),
    ("frontline", "/occurrences/{noted}"),
    ("frontline", "/me/occurrences"),
    ("programme", "/cost-of-an-hour"),
    ("frontline", "/ideas/{open}/reports"),
    ("frontline", "/ideas/new"),
    ("frontline", "/ideas/next"),
    ("frontline", "/swarm/looks"),
    ("programme", "/swarm/looks"),
    ("frontline", "/search"),
    ("frontline", "/search?q=customers"),
    ("frontline", "/search?q=loyalty+pin"),
    ("frontline", "/commitments"),
    ("frontline", "/commitments?as=table"),
    ("frontline", "/commitments?as=table&sort=-waiting&site=3"),
    ("frontline", "/wallet"),
    ("frontline", "/wallet/statement"),
    ("frontline", "/rewards"),
    ("frontline", "/rewards?kind=team&affordable=1"),
    ("frontline", "/rewards/1"),
    ("frontline", "/orders"),
    ("frontline", "/orders/1"),
    ("programme", "/orders/queue"),
    ("programme", "/orders/1"),
    ("programme", "/rewards/manage"),
    ("programme", "/rewards/manage/new"),
    ("programme", "/rewards/manage/1"),
    ("programme", "/payroll"),
    ("frontline", "/thanks"),
    ("frontline", "/thanks?who=an"),
    ("frontline", "/thanks?person=1"),
    ("frontline", "/thanks/mine"),
    ("frontline", "/thanks/1/reports"),
    ("programme", "/thanks/reports"),
    ("executive", "/ideas/{open}/thanks"),
    ("frontline", "/me"),
    ("frontline", "/me/updates"),
    ("frontline", "/me/preferences"),
    ("frontline", "/me/ideas"),
    ("frontline", "/me/ideas?view=backed"),
    ("frontline", "/ideas/{done}/story"),
    ("frontline", "/programme"),
    ("programme", "/programme"),
    ("programme", "/programme/silence"),
    ("programme", "/programme/people"),
    ("frontline", "/me/password"),
    ("frontline", "/me/sign-ins"),
    ("executive", "/me/absence"),
    ("team_leader", "/me/absence"),
    ("administrator", "/settings/calendars"),
    ("administrator", "/settings/calendars?place=1"),
    ("programme", "/settings/answerers"),
    ("frontline", "/moderation"),
    ("frontline", "/metrics"),
    ("frontline", "/metrics/1"),
    ("frontline", "/metrics/1?site=3"),
    ("frontline", "/metrics/notes"),
    ("programme", "/metrics/notes"),
    ("programme", "/metrics/new"),
    ("programme", "/metrics/1/edit"),
    ("frontline", "/results"),
    ("frontline", "/results?word=worked&quarter=2026-Q2"),
    ("frontline", "/results/1"),
    ("programme", "/impact/flags"),
    ("frontline", "/impact/self-check"),
    ("programme", "/impact/self-check"),
    ("programme", "/results/1"),
    ("frontline", "/results/{harmful}"),
    ("frontline", "/results/{unplanned}"),
    ("frontline", "/rules"),
    ("frontline", "/rules/{rule}"),
    ("frontline", "/rules/killed"),
    ("frontline", "/rules/now?q=certificate"),
    ("frontline", "/ideas/{said}/rule"),
    ("programme", "/rules/{rule}"),
    ("programme", "/rules/{rule}/facts"),
    ("programme", "/rules/{rule}/verdicts"),
    ("programme", "/rules/review"),
    ("frontline", "/bulletins"),
    ("frontline", "/bulletins/{bulletin}"),
    ("programme", "/bulletins/{bulletin}"),
    ("frontline", "/broadcasts"),
    ("executive", "/broadcasts"),
    ("executive", "/broadcasts/new"),
    ("executive", "/broadcasts/{unsent}"),
    ("executive", "/broadcasts/{unsent}/edit"),
    ("executive", "/broadcasts/{told}"),
    ("frontline", "/broadcasts/{told}"),
    ("programme", "/broadcasts/{told}"),
    ("frontline", "/floor-checks"),
    ("frontline", "/floor-checks/{check}?answer=no"),
    ("frontline", "/commitments/{checked}"),
    ("programme", "/shifts/manage"),
    ("programme", "/shifts/manage?past=1"),
    ("programme", "/shifts/manage/new"),
    ("programme", "/shifts/{slot}/edit"),
    ("programme", "/shifts/{slot}/attendance"),
    ("programme", "/shifts/patterns/{pattern}"),
    ("programme", "/shifts/briefings"),
    ("executive", "/shifts/floor"),
    ("frontline", "/shifts/hosting"),
    ("frontline", "/help/who-can-see-what"),
    ("frontline", "/ideas/999999"),
    ("frontline", "/sign-in"),
    ("frontline", "/triage"),
    ("team_leader", "/ideas"),
    ("team_leader", "/team"),
    ("team_leader", "/team/huddle"),
    ("team_leader", "/ideas/{open}/replies"),
    ("frontline", "/local-fixes"),
    ("team_leader", "/local-fixes/{fixed}"),
    ("executive", "/triage"),
    ("executive", "/triage?move=decline"),
    ("owner", "/commitments?mine=1"),
    ("owner", "/commitments/{mine}"),
    ("programme", "/commitments/{unregistered}/plan"),
    ("programme", "/commitments/{unregistered}/rollout"),
    ("frontline", "/commitments/{registered}/plan"),
    ("frontline", "/commitments/{registered}/rollout"),
    ("executive", "/triage?move=ask"),
    ("executive", "/triage?move=merge"),
    ("executive", "/me/shortcuts"),
    ("frontline", "/questions"),
    ("executive", "/questions/{asked}"),
    ("frontline", "/ideas/{merged}"),
    ("programme", "/ideas/{open}/merge"),
    ("frontline", "/stops"),
    ("programme", "/stops"),
    ("frontline", "/ideas/order"),
    ("programme", "/swarm/parameters"),
    ("executive", "/triage/sample"),
    ("programme", "/swarm/alarms"),
    ("programme", "/swarm/samples"),
    ("programme", "/moderation/queue"),
    ("programme", "/metrics/imports/new"),
    ("programme", "/metrics/imports/{values}"),
    ("programme", "/ledger"),
    ("programme", "/budgets"),
    ("programme", "/budgets/1/more"),
    ("programme", "/budgets/give"),
    ("programme", "/rewards/controls"),
    ("programme", "/rewards/settings"),
    ("administrator", "/audit"),
    ("administrator", "/settings/webhooks"),
    ("administrator", "/settings/webhooks/{webhook}"),
    ("administrator", "/settings/worker"),
    ("frontline", "/me/keys"),
    ("executive", "/me/calendar"),
    ("executive", "/shifts/{seat}/brief"),
    ("frontline", "/api/docs/board"),
    ("frontline", "/api/docs/people"),
    ("administrator", "/people"),
    ("administrator", "/people/1"),
    ("administrator", "/people/{owing}/duties"),
    ("administrator", "/people/codes"),
    ("administrator", "/imports/new"),
    ("administrator", "/imports/{people}"),
    ("programme", "/ideas/imports/new"),
    ("programme", "/ideas/imports/{waiting}"),
    ("programme", "/ideas/imports/{brought}"),
    ("frontline", "/shifts"),
    ("executive", "/shifts"),
    ("executive", "/shifts?length=hour&instead={shift_open}"),
    ("executive", "/shifts/{shift_open}"),
    ("owner", "/shifts/{shift_open}"),
    ("programme", "/shifts/{shift_open}"),
    ("executive", "/shifts/{shift_had}/debrief"),
    ("executive", "/shifts/{shift_had}/debrief/made_them/1"),
    ("executive", "/shifts/{shift_had}/debrief/surprised/2/becomes"),
    ("executive", "/shifts/{shift_had}/debrief/surprised/2/becomes/promise"),
    ("frontline", "/insights"),
    ("frontline", "/insights?q=twice&kind=idea"),
    ("frontline", "/insights/{insight}"),
    ("frontline", "/insights/credits"),
    ("frontline", "/insights/moderation"),
)
NO_PAGES = {
    "home.start": "leads to another page",
    "home.card": "a part of the board, which is a page",
    "similar.beside": "a part of the box, which is on the board",
    "unsubscribing.look": "behind an address that only a mail holds: tests/notices/test_unsubscribing.py",
    "static": "files",
    "ledger.books": "files, read by other programs in tests/ledger/test_export.py",
    "health.alive": "JSON",
    "health.ready": "JSON",
}
MEASURED = {  # by which metric a change of the demo is found
    "worked": "repeat_contacts_7d", "nothing": "first_contact_resolution", "harmful": "transfers",
    "early": "agent_attrition", "overlapping": "csat", "overlapped": "customer_effort",
}  # fmt: skip
SUFFIXES_OF_FILES = (".csv", ".json", ".ics")
INTERFACE = "/api/v"  # answers with JSON, and is held against its own document
VALUES = b"date,site,metric,value\n2026-01-05,Leeds,repeat_contacts_7d,21.4\n2026-01-12,Nowhere,repeat_contacts_7d,x\n"
PEOPLE = b"employer,site,team,name,email\nHarbour,Leeds,Billing,Asha Rao,asha@harbour.example\nHarbour,Leeds,,,nobody\n"


def not_listed(app: Flask) -> list[str]:
    """The addresses that answer a GET with a page, of which none stands in PAGES."""
    listed = set(_endpoints(app))
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint not in listed
        and rule.endpoint not in NO_PAGES
        and not rule.rule.endswith(SUFFIXES_OF_FILES)
        and not rule.rule.startswith(INTERFACE)
    ]


def _endpoints(app: Flask) -> Iterator[str]:
    addresses = app.url_map.bind("sayso.example")
    for _, path in PAGES:
        with suppress(NotFound):
            yield addresses.match(re.sub(r"\{\w+\}", "1", path).partition("?")[0])[0]


def numbers(app: Flask, served: Installation) -> dict[str, int]:
    """What stands between braces in PAGES: some of it is in the demo organisation, the rest is made here.

    app: on the database of the installation that is served.
    """
    with app.app_context():
        promises = {"mine": _promise(), "registered": _planned(), "unregistered": _unplanned(), "owing": _owing()}
        found = _ideas() | promises | _results() | _reopened() | _earlier_ideas() | _told_and_asked()
        db.session.remove()
    visitor = Visitor(served.address, "frontline")
    found |= debriefed(app) | published(app) | offered(app)
    return found | {
        "rule": 1,
        "asked": _asked(app),
        **_broadcasts(app),
        "rotation": _rotation(app),
        "fixed": 1,
        "seat": _seat(app),
        "noted": _noted(app, visitor, found["open"]),
        "said": _said(visitor),
        "people": number_in(_sent(served, "administrator", "/imports", PEOPLE)),
        "webhook": _webhook(served),
        "values": number_in(_sent(served, "programme", "/metrics/imports", VALUES)),
    }


def _webhook(served: Installation) -> int:
    url, events = "https://hooks.example.org/sayso", "idea.promoted"
    answer = Visitor(served.address, "administrator").send(
        "/settings/webhooks", name="Data lake", url=url, place="0", events=events
    )
    assert answer.status_code == 200, answer.text
    found = re.search(r"/settings/webhooks/(\d+)", answer.text)
    assert found is not None, answer.text
    return int(found[1])


def _seat(app: Flask) -> int:
    """A shift to come for which the executive has a seat; made where the demo has none."""
    with app.app_context(), writing():
        executive, now = demo_viewer("executive"), clock.now()
        assert executive is not None
        booked = SignUp.person_id == executive.id, SignUp.state == SeatState.BOOKED, SignUp.starts_at > now
        if (found := db.session.query(SignUp.slot_id).filter(*booked).first()) is not None:
            return int(found[0])
        site = db.session.query(Place).filter(Place.kind == PlaceKind.SITE).order_by(Place.id).first()
        starts, ends = now + timedelta(days=2), now + timedelta(days=2, hours=1)
        slot = Slot(
            site_id=site.id, zone="Europe/London", starts_at=starts, ends_at=ends, queue="Billing", language="English",
            channel=Channel.CALLS, busy=Busy.USUAL, seats=1, taken=1, buddy_state=BuddyState.NONE,
            briefing_needed=False, published_by_id=executive.id, published_at=now,
        )  # fmt: skip
        db.session.add(slot)
        db.session.flush()
        db.session.add(SignUp(slot_id=slot.id, person_id=executive.id, state=SeatState.BOOKED, ticket=0, made_at=now,
                              starts_at=starts, ends_at=ends, changed_at=now))  # fmt: skip
        return slot.id


def _ideas() -> dict[str, int]:
    stages = {"open": Stage.OPEN, "done": Stage.DONE, "declined": Stage.DECLINED, "merged": Stage.MERGED}
    shown = Idea.hidden_at.is_(None)
    return {
        name: db.session.query(Idea.id).filter(Idea.stage == stage, shown).first()[0]  # type: ignore[index]
        for name, stage in stages.items()
    }


def _promise() -> int:
    owner = demo_viewer("owner")
    assert owner is not None
    mine = db.session.query(Commitment.id).filter(
        Commitment.owner_id == owner.id, Commitment.state == CommitmentState.ACCEPTED
    )
    return (mine.first() or db.session.query(Commitment.id).first())[0]  # type: ignore[index]


def _planned() -> int:
    """A promise that is still open, and registered."""
    query = db.session.query(Commitment.id).join(Plan, Plan.commitment_id == Commitment.id)
    return query.filter(Commitment.state == CommitmentState.ACCEPTED).first()[0]  # type: ignore[index]


def _unplanned() -> int:
    """A promise that is still open, of which nothing is registered."""
    query = db.session.query(Commitment.id).outerjoin(Plan, Plan.commitment_id == Commitment.id)
    return query.filter(Commitment.state == CommitmentState.ACCEPTED, Plan.id.is_(None)).first()[0]  # type: ignore[index]


def _owing() -> int:
    """Somebody who owns promises."""
    owner = demo_viewer("owner")
    assert owner is not None
    return owner.id


def _results() -> dict[str, int]:
    """A change that worked, one that did not, one that did harm, one too early, two that overlap, one without plan."""
    planned = db.session.query(Metric.code, Plan.commitment_id).join(Plan, Plan.metric_id == Metric.id)
    planned = planned.filter(Plan.commitment_id.in_(db.session.query(Delivery.commitment_id)))
    bare = db.session.query(Delivery.commitment_id)
    bare = bare.filter(Delivery.commitment_id.not_in(db.session.query(Plan.commitment_id))).first()
    codes = {row.code: row.commitment_id for row in planned}
    return {name: codes[code] for name, code in MEASURED.items()} | {"unplanned": bare[0]}  # type: ignore[index]


def _reopened() -> dict[str, int]:
    """A promise whose change is back, and its idea."""
    wanted = Commitment.state == CommitmentState.REOPENED
    number, idea = db.session.query(Commitment.id, Commitment.idea_id).filter(wanted).first()  # type: ignore[misc]
    return {"back": number, "reopened": idea}


def _rotation(app: Flask) -> int:
    """People of the frontline person's team who speak for it in turn."""
    with app.app_context():
        speaker, programme = demo_viewer("frontline"), demo_viewer("programme")
        assert speaker is not None and programme is not None and speaker.team_id is not None
        runs = db.session.query(Rotation.id).filter(Rotation.place_id == speaker.team_id, Rotation.ended_at.is_(None))
        if found := runs.scalar():
            return found
        now = clock.now()
        with writing():
            number = start_rotation(programme, speaker.team_id, 2, today_of(now), now=now).id
        db.session.remove()
    return number


def _asked(app: Flask) -> int:
    """Something that the executive asked back about an idea that waits."""
    with app.app_context():
        asker = demo_viewer("executive")
        assert asker is not None
        waiting = db.session.query(Idea).filter(Idea.stage == Stage.PROMOTED, Idea.author_id.is_not(None)).first()
        with writing():
            number = ask.ask(asker, waiting, "How often does it happen?", now=clock.now()).id  # type: ignore[arg-type]
        db.session.remove()
    return number


def _broadcasts(app: Flask) -> dict[str, int]:
    """Something that an executive told everybody, and a draft."""
    with app.app_context():
        writer, now = demo_viewer("executive"), clock.now()
        assert writer is not None
        told, unsent = (NewBroadcast(title, "Nobody listened once.", 1) for title in ("Read aloud", "A draft"))
        with writing():
            first = broadcasts.draft(writer, told, now=now)
            broadcasts.confirm(writer, first, now=now)
            found = {"told": first.id, "unsent": broadcasts.draft(writer, unsent, now=now).id}
        with writing():
            broadcasts.begin_telling(found["told"], now=now)
        db.session.remove()
    return found


def _told_and_asked() -> dict[str, int]:
    """A bulletin and a check that wait for the frontline, and a promise with the result of one."""
    sam = demo_viewer("frontline")
    assert sam is not None
    (told, *_), (check, *_) = bulletins_for(sam, now=clock.now()), checks_for(sam)
    ended = db.session.query(FloorWave.commitment_id).filter(FloorWave.ended_at.is_not(None)).first()
    return {"bulletin": told.number, "check": check.number, "checked": ended[0]}  # type: ignore[index]


def _noted(app: Flask, visitor: Visitor, number: int) -> int:
    """Something that the visitor has just noted, which can still be changed."""
    answer = visitor.send(f"/ideas/{number}/occurrences", reason="late bill")
    assert answer.status_code == 200, answer.text
    with app.app_context():
        newest = db.session.query(func.max(Occurrence.id)).scalar()
        db.session.remove()
    return newest


def _earlier_ideas() -> dict[str, int]:
    """A file of earlier ideas that waits, with good and bad rows, and one that was brought along; the programme's."""
    mia, found = demo_viewer("programme"), {}
    assert mia is not None
    text = "id,title,description,author email,votes,created\n1,No fax,Nobody has a fax,a@b.example,312,5.3.2021\n"
    for name, more in (("waiting", "2,,Call me on 0800 123 4567,,,\n3,,No,,many,5/3/2021\n"), ("brought", "")):
        with writing():
            file = imports.File(text + more, "earlier ideas.csv", "0" * 64, "cp1252")
            kept = imports.keep_file(mia, file, now=clock.now())
            found[name], choices = kept.id, imports.choices_of(kept)
        if not more:
            seen = imports.look(file, open_sheet(file.text), *imports.prepare(choices, now=clock.now()), rows_max=9)
            with writing():
                imports.apply(mia, found[name], seen, only_good=False, now=clock.now())
    return found


def _said(visitor: Visitor) -> int:
    answer = visitor.send("/ideas", say="We have to read the same warning aloud twice in every call.", names="shown")
    assert answer.status_code == 200, answer.text
    found = re.search(r"Said\. Number (\d+)\.", answer.text)
    assert found is not None, answer.text
    return int(found[1])


def _sent(served: Installation, role: str, path: str, file: bytes) -> Response:
    return Visitor(served.address, role).send(path, files={"file": ("file.csv", file)})
