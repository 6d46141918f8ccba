"""The panel of a move: what it offers, what is filled in, and what it says."""

from portal.people.viewer import Viewer
from portal.triage import standing
from portal.triage.forms import AskForm, CommitForm, DeclineForm, MergeMoveForm, MoveForm
from portal.triage.prefill import SENTENCES, because_words, promise_draft
from portal.triage.queries import Brief
from portal.triage.rules import DeclineReason
from portal.triage.suggesting import Candidate, candidates, first_choice

SEND = {
    "commit": "Commit, in public",
    "ask": "Ask, and stop the clock",
    "merge": "Merge it in",
    "decline": "Decline, in public",
}
UNHEARD = "You can undo for 10 minutes, before any message goes out."
AFTER = {
    "commit": f"The owner finds it under Promises and can hand it back until they take it on. {UNHEARD}",
    "ask": f"Everybody who may read the idea reads the question and the answer. {UNHEARD}",
    "merge": f"Votes, comments and followers come along, and both authors are told. {UNHEARD}",
    "decline": f"Everybody reads this on the idea's page, with your name. {UNHEARD}",
}
HINTS = {
    "promise": "Everybody sees this sentence, and your name.",
    "due_on": "Only if you chose Date… above.",
    "sentence": "At least 40 characters. Everybody who backed it reads this.",
    "look_again_on": "Needed for Not now.",
    "question": "Everybody who may read the idea reads it.",
    "days": "Working days. The time for your answer stands still meanwhile, once.",
    "accept": "This is published with your name, beside the stop signal.",
}


def offer(form: MoveForm, viewer: Viewer, brief: Brief | None) -> dict[str, str]:
    """Fill the lists of a form; what to say beside its fields. One or two statements, by the move."""
    if isinstance(form, MergeMoveForm):
        form.offer(brief.alike if brief else ())
        return HINTS
    if isinstance(form, DeclineForm):
        return HINTS
    found = _candidates(viewer, brief)
    if isinstance(form, AskForm):
        known = brief is None or brief.author_known
        form.offer([one for one in found if one.id != viewer.id], author_known=known)
        alone = "Nobody is stored as its author, so only somebody who knows it can be asked."
        return HINTS | {"expert": "" if known else alone}
    form.offer(found, standing.metrics())
    first = first_choice(viewer, found)
    if first is None or brief is None:
        return HINTS
    if form.owner.data is None and not form.is_submitted():
        form.owner.data = first.id
    words = because_words(first.why, rule=first.rule, promises=first.promises, barrier=brief.barrier.label)
    return HINTS | {"owner": words}


def fill_in(form: MoveForm, brief: Brief, *, reason: str) -> None:
    """What nobody has typed yet. reason: of the address, for a prepared sentence."""
    if isinstance(form, CommitForm):
        form.promise.data = promise_draft(brief.kind, brief.title)
        form.stops.data = ",".join(str(number) for number, _, _ in brief.hard)
    elif isinstance(form, MergeMoveForm):
        form.into.data = brief.alike[0][0] if brief.alike else None
    elif isinstance(form, DeclineForm) and reason in set(DeclineReason):
        form.reason.data, form.sentence.data = reason, SENTENCES[DeclineReason(reason)]


def templates(number: int) -> list[tuple[str, str, str, str]]:
    """(reason, its label, a prepared sentence, the address that fills it in) of every reason."""
    return [
        (one.value, one.label, SENTENCES[one], f"/triage?idea={number}&move=decline&reason={one.value}#decide")
        for one in DeclineReason
    ]


def _candidates(viewer: Viewer, brief: Brief | None) -> list[Candidate]:
    if brief is None:
        return []
    return candidates(viewer, number=brief.number, barrier=brief.barrier, site_id=brief.site_id)
