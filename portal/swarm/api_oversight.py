"""The interface to what keeps the swarm honest: alarms, and the blind sample."""

from flask import Response
from pydantic import Field

from portal import clock
from portal.ideas.words import Barrier
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.swarm import alarm_queries, sampling, sampling_queries
from portal.swarm.alarm_rules import AlarmKind
from portal.swarm.sampling_queries import BlindLine
from portal.swarm.sampling_rules import Answer, Share
from portal.web.api import Moment, NumberPath, PageAsked, Sent, Shown, api, listed, page_of

bp = api("oversight", "Alarms about pushed support, and the monthly blind sample.")


class AlarmShown(Shown):
    """Something remarkable about the support of an idea. It flags and explains; it changes nothing."""

    number: int
    idea: int
    title: str
    kind: AlarmKind
    words: str
    facts: str = Field(description="The counts behind it at that moment. No team is named.")
    at: Moment


class OthersShown(Shown):
    """What other executives said."""

    yes: int
    no: int
    unsure: int


class BlindShown(Shown):
    """An idea of the blind sample. The last three are null until one has answered."""

    number: int
    title: str
    say: str
    barrier: Barrier
    answer: Answer | None
    idea: int | None
    promoted: bool | None
    others: OthersShown | None


class BlindSent(Sent):
    """Whether one would take the idea up."""

    answer: Answer


class ShareShown(Shown):
    """A share over ideas with its 95 % interval (Wilson). share is null where no idea has a clear answer."""

    hits: int
    of: int
    share: float | None
    low: float
    high: float


class SampleShown(Shown):
    """What a sample says. Null while the key's person, who also assesses it, has not said their own."""

    number: int
    month: str
    drawn_at: Moment
    seed: str
    open_ideas: int
    missed: ShareShown | None = Field(description="Ideas left on the board that most executives would take up.")
    false: ShareShown | None = Field(description="Carried ideas that most executives would not take up.")
    unsure: int
    unanswered: int
    people: int
    waits: bool


@bp.get("/swarm/alarms", responses={200: page_of(AlarmShown)})
@requires("swarm.alarms", scope=Scope.DECISIONS_READ)
def list_alarms(query: PageAsked) -> Response:
    """Where support looks pushed, the newest first."""
    lines, following = alarm_queries.alarms_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    items = [
        AlarmShown(number=one.number, idea=one.idea, title=one.title, kind=one.kind, words=one.words, facts=one.facts,
                   at=one.at)
        for one in lines
    ]  # fmt: skip
    return listed(items, following)


@bp.get("/triage/sample", responses={200: page_of(BlindShown)})
@requires("sample.assess", scope=Scope.DECISIONS_READ)
def list_sample() -> Response:
    """This month's ideas to assess blindly, in an order that tells nothing."""
    return listed([_blind(line) for line in sampling_queries.newest_sample(the_viewer()).lines], None)


@bp.post("/triage/sample/<int:number>/answers", responses={201: BlindShown})
@requires("sample.assess", scope=Scope.DECISIONS_WRITE)
def assess_sampled(path: NumberPath, body: BlindSent) -> Response:
    """Say once whether one would take an idea of the sample up (409 `already_said`)."""
    viewer = the_viewer()

    def verb() -> BlindShown:
        sampling.assess(viewer, path.number, body.answer, now=clock.now())
        return _blind(sampling_queries.line_for(viewer, path.number))

    return once(verb, status=201)


@bp.get("/swarm/samples", responses={200: page_of(SampleShown)})
@requires("sample.results", scope=Scope.DECISIONS_READ)
def list_samples(query: PageAsked) -> Response:
    """What the samples say about misses and false promotions, the newest first."""
    found, following = sampling_queries.results(the_viewer(), limit=query.limit, cursor=query.cursor)
    items = [
        SampleShown(
            number=one.number, month=one.month, drawn_at=one.drawn_at, seed=one.seed, open_ideas=one.open_ideas,
            missed=_share(one.missed), false=_share(one.false), unsure=one.unsure, unanswered=one.unanswered,
            people=one.people, waits=one.waits,
        )
        for one in found
    ]  # fmt: skip
    return listed(items, following)


def _share(share: Share | None) -> ShareShown | None:
    return ShareShown(**share._asdict()) if share is not None else None


def _blind(line: BlindLine) -> BlindShown:
    others = OthersShown(yes=line.others[0], no=line.others[1], unsure=line.others[2]) if line.others else None
    return BlindShown(
        number=line.number, title=line.title, say=line.say, barrier=line.barrier, answer=line.answer, idea=line.idea,
        promoted=line.promoted, others=others,
    )  # fmt: skip
