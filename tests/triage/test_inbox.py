"""The inbox: everything filled in, four moves, taking back, keys; and what it asks of the database."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from portal import clock
from portal.commitments.models import Commitment
from portal.db import db, is_postgres, table_of, writing
from portal.home import facts
from portal.ideas import search_index
from portal.ideas.models import Comment, Idea
from portal.ideas.words import CommentKind, Names, Stage
from portal.swarm.models import IdeaScore, Promotion, Via, Vote
from portal.swarm.rules import StopReason, VoteKind
from portal.triage import queries
from portal.triage.models import Decision, Question
from portal.triage.moves_jobs import ALIKE, HANDLERS
from portal.triage.moves_models import Alike
from portal.triage.prefill import SENTENCES
from portal.triage.rules import DeclineReason
from portal.worker import run_once
from tests.commitments.factories import SENTENCE, make_promise, make_promoted, viewer
from tests.counting import counted
from tests.factories import Cast, send, signed_in
from tests.triage.test_pages import NO, NOW, YES, promoted
from tests.triage.test_service import make_executive

ASK = {"move": "ask", "expert": "", "question": "How often does it happen?", "days": "3"}
BUDGET = 10
MANY = 10_000


def page_of(app: Flask, who: int, address: str = "/triage") -> str:
    return signed_in(app, who).get(address).get_data(as_text=True)


def alike(app: Flask) -> None:
    """What the worker finds out every few minutes."""
    run_once(app, now=clock.now(), handlers={ALIKE: HANDLERS[ALIKE]})


def stop(cast: Cast, number: int, person_id: int, reason: StopReason, words: str) -> None:
    db.session.add(Vote(idea_id=number, person_id=person_id, team_id=cast.places["Leeds/Billing"], kind=VoteKind.STOP,
                        site_id=cast.places["Leeds"], reason=reason, sentence=words, via=Via.FEED, at=NOW))  # fmt: skip


def test_two_voices_are_heard_a_colleague_and_the_strongest_objection(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    with app.app_context(), writing():
        stop(cast, number, cast.bo, StopReason.UNSAFE, "A customer could be cut off.")
        stop(cast, number, cast.cy, StopReason.MOVES_PAIN, "The newest, but no harm.")
        db.session.add(Comment(idea_id=number, kind=CommentKind.BUILD, body="Send it the same day.", at=NOW,
                               names=Names.HIDDEN, author_id=cast.di, origin_label="a colleague in Leeds"))  # fmt: skip

    page = page_of(app, cast.vic)

    voices = page.split("Hear it from them")[1].split("</section>")[0]
    assert "Send it the same day." in voices and "A colleague in Leeds" in voices
    assert "A customer could be cut off." in voices and "The newest" not in voices
    assert "Di" not in re.sub(r"<[^>]+>", " ", voices).split()


def test_an_answer_is_filled_in(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        make_promise(cast)  # Olu has lately owned one about the same barrier
    number = promoted(app, cast)

    page = page_of(app, cast.vic, f"/triage?idea={number}")

    assert re.search(rf'<option selected value="{cast.olu}"', page)
    assert "Suggested: has lately owned one promise about policies." in page
    assert "We will end this: “Routers wait for the old one”." in page
    no = page_of(app, cast.vic, f"/triage?idea={number}&move=decline&reason=not_now")
    assert SENTENCES[DeclineReason.NOT_NOW] in no and re.search(r'<input checked[^>]*value="not_now"', no)


def test_a_prepared_sentence_is_not_sent_as_it_is(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)

    answer = send(signed_in(app, cast.vic), "/decisions", idea=number,
                  **NO | {"sentence": SENTENCES[DeclineReason.LAW_OR_SAFETY]})  # fmt: skip

    assert answer.status_code == 422 and "Fill in what stands in square brackets" in answer.get_data(as_text=True)


def test_asking_leads_on_and_comes_back_with_the_answer(app: Flask, cast: Cast) -> None:
    number, other = promoted(app, cast, promoted_at=NOW - timedelta(days=5)), promoted(app, cast)
    vic, asha = signed_in(app, cast.vic), signed_in(app, cast.asha)

    answer = send(vic, "/decisions", idea=number, **ASK)
    page = vic.get(answer.location).get_data(as_text=True)

    assert (answer.status_code, answer.location) == (303, f"/triage?idea={other}")
    assert f"Asked about number {number}." in page and "Asked, answer due" in page
    with app.app_context():
        question = db.session.scalars(select(Question.id)).one()
    assert "How often does it happen?" in asha.get("/questions").get_data(as_text=True)
    assert "does not know who you are" in asha.get(f"/questions/{question}").get_data(as_text=True)
    assert signed_in(app, cast.bo).get(f"/questions/{question}").status_code == 404
    short = send(asha, f"/questions/{question}/answers", words="No")
    assert short.status_code == 422 and "at least a few words" in short.get_data(as_text=True)
    assert send(asha, f"/questions/{question}/answers", words="Twice a day.").status_code == 303
    again = send(asha, f"/questions/{question}/answers", words="Three times.")
    assert again.status_code == 409
    brief = vic.get(f"/triage?idea={number}&move=ask").get_data(as_text=True)
    assert "Twice a day." in brief and "the clock stops only once" in brief and "Asha" not in brief


def test_nobody_is_stored_as_the_author_so_somebody_else_is_asked(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast, names=Names.NONE, author_id=None)
    vic = signed_in(app, cast.vic)

    assert "Nobody is stored as its author" in vic.get("/triage?move=ask").get_data(as_text=True)
    assert send(vic, "/decisions", idea=number, **ASK).status_code == 422
    assert send(vic, "/decisions", idea=number, **ASK | {"expert": cast.olu}).status_code == 303


def test_the_best_match_is_chosen_already_and_merging_can_be_taken_back(app: Flask, cast: Cast) -> None:
    number, into = promoted(app, cast), promoted(app, cast, promoted_at=NOW - timedelta(days=1))
    with app.app_context(), writing():
        for idea in db.session.scalars(select(Idea).where(Idea.id.in_((number, into)))):
            search_index.index_idea(idea)
    alike(app)
    vic = signed_in(app, cast.vic)

    page = vic.get(f"/triage?idea={number}&move=merge").get_data(as_text=True)
    assert f"Number {into}. Looks" in page and re.search(rf'<input checked[^>]*name="into"[^>]*value="{into}"', page)
    answer = send(vic, "/decisions", idea=number, move="merge", into=into)

    assert answer.status_code == 303
    after = vic.get(answer.location).get_data(as_text=True)
    undo = re.search(r'action="(/merges/\d+/undo)"', after)
    assert undo and send(vic, undo[1]).status_code == 303
    with app.app_context():
        assert db.session.get_one(Idea, number).stage is Stage.PROMOTED


def test_an_idea_behind_a_wall_is_no_match_for_who_may_not_read_it(app: Flask, cast: Cast) -> None:
    number, secret = promoted(app, cast), promoted(app, cast)
    with app.app_context(), writing():
        db.session.add(Alike(idea_id=number, others=f"[[{secret}, 0.9]]", at=NOW))
        db.session.get_one(Idea, secret).hidden_at = NOW

    assert "Looks" not in page_of(app, cast.vic, f"/triage?idea={number}")


def test_the_last_answer_can_be_taken_back_from_the_page(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)
    answer = send(vic, "/decisions", idea=number, **NO)

    page = vic.get(answer.location).get_data(as_text=True)
    undo = re.search(r'action="(/decisions/\d+/undo)"', page)
    assert undo and f"Declined number {number}." in page and "Nobody is told before" in page
    back = send(vic, undo[1])

    assert (back.status_code, back.location) == (303, f"/triage?idea={number}")
    assert "Nobody is told before" not in vic.get(back.location).get_data(as_text=True)
    assert send(vic, undo[1]).status_code == 409


def test_a_promise_waits_for_what_is_said_to_be_unlawful(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)
    with app.app_context(), writing():
        stop(cast, number, cast.bo, StopReason.UNLAWFUL, "The law asks for a written copy.")
        vote = db.session.scalars(select(Vote.id)).one()

    refused = send(vic, "/decisions", idea=number, owner=cast.olu, stops=vote, **YES)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409 and "The law asks for a written copy." in page and SENTENCE in page
    accepted = send(vic, "/decisions", idea=number, owner=cast.olu, stops=vote, accept="y", **YES)
    assert accepted.status_code == 303
    assert "I have read it and accept it." in page_of(app, cast.vic, f"/ideas/{number}")


def test_a_note_is_private_until_one_has_ones_own(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    with app.app_context(), writing():
        make_executive(cast, "mia", "Harbour")
    vic, mia = signed_in(app, cast.vic), signed_in(app, cast.mia)

    assert send(mia, f"/ideas/{number}/assessments", opinion="no", words="Legal first.").status_code == 303
    assert "Legal first." not in vic.get("/triage").get_data(as_text=True)
    assert send(vic, f"/ideas/{number}/assessments", opinion="", words="").status_code == 422
    assert send(vic, f"/ideas/{number}/assessments", opinion="go", words="").status_code == 303
    page = vic.get("/triage").get_data(as_text=True)
    assert "Legal first." in page and "Mia: Don’t." in page


def test_keys_are_changed_and_switched_off(app: Flask, cast: Cast) -> None:
    promoted(app, cast)
    vic = signed_in(app, cast.vic)
    own = {f"key_{action}": key for action, key in {"next": "j", "back": "k", "commit": "x", "ask": "a", "merge": "m",
                                                    "decline": "d", "undo": "u", "help": "?"}.items()}  # fmt: skip

    assert "data-keys-of-triage" in vic.get("/triage").get_data(as_text=True)
    assert send(vic, "/me/shortcuts", on="y", **own | {"key_commit": "j"}).status_code == 422
    assert send(vic, "/me/shortcuts", on="y", **own).status_code == 303
    assert 'value="x"' in vic.get("/me/shortcuts").get_data(as_text=True)
    assert '<kbd aria-hidden="true">X</kbd>' in vic.get("/triage").get_data(as_text=True)
    assert send(vic, "/me/shortcuts", **own).status_code == 303
    page = vic.get("/triage").get_data(as_text=True)
    assert "data-keys-of-triage" not in page and "Turn single keys on" in page


def test_how_far_one_is_and_how_long_it_takes(app: Flask, cast: Cast) -> None:
    first, *_ = (promoted(app, cast, promoted_at=NOW - timedelta(days=day)) for day in (9, 8, 7))
    vic = signed_in(app, cast.vic)

    assert "1 of 3." in vic.get("/triage").get_data(as_text=True)
    send(vic, "/decisions", idea=first, **NO)
    page = vic.get("/triage").get_data(as_text=True)

    assert "2 of 3." in page and "About 2 minutes left at your pace." in page


@pytest.fixture
def many(app: Flask, cast: Cast) -> Cast:
    """Ten thousand ideas that wait, and one with everything that a brief can show."""
    with app.app_context(), writing():
        idea = make_promoted(cast, promoted_at=NOW - timedelta(days=40))
        known = {column.name: getattr(idea, column.name) for column in table_of(Idea).columns if column.name != "id"}
        start = idea.id + 1
        rows = [known | {"id": start + n, "title": f"Rule number {n}"} for n in range(MANY)]
        db.session.execute(insert(Idea), rows)
        db.session.execute(insert(IdeaScore), [_score(start + n) for n in range(MANY)])
        db.session.execute(insert(Promotion), [_promotion(start + n, n) for n in range(MANY)])
        stop(cast, idea.id, cast.bo, StopReason.UNSAFE, "A customer could be cut off.")
        db.session.add(Alike(idea_id=idea.id, others=f"[[{start}, 0.9]]", at=NOW))
        facts.refresh(now=clock.now())
    return cast


def _score(number: int) -> dict[str, object]:
    return {"idea_id": number, "s": 7.0, "d": 0.5, "m": 8.0, "mu0": 0.44, "evidence": 4.7, "n_support": 12,
            "n_strong": 4, "n_stop": 0, "n_pass": 3, "n_team": 5, "n_site": 3, "score": 0.6, "ucb": 0.8,
            "updated_at": NOW}  # fmt: skip


def _promotion(number: int, n: int) -> dict[str, object]:
    sums = {"s": 7.0, "d": 0.5, "m": 8.0, "mu0": 0.44, "evidence": 4.7}
    return sums | {"idea_id": number, "at": NOW - timedelta(days=30, seconds=-n), "delta": 0.28, "line": 4.5,
                   "teams": 8, "sites": 4, "n_team": 5, "n_site": 3, "params_version": 1, "vote_id_max": 0,
                   "prev_hash": f"{n:064x}", "hash": f"{n + 1:064x}"}  # fmt: skip


@pytest.mark.slow
def test_ten_thousand_that_wait_are_ten_statements_and_none_reads_a_whole_table(app: Flask, many: Cast) -> None:
    vic = signed_in(app, many.vic)
    first = vic.get("/triage").get_data(as_text=True)
    more = re.search(r'href="(/triage\?after=[^"]+)"', first)
    assert more and "1 of more than 99" in first

    for address in ("/triage", "/triage?move=ask", "/triage?move=merge", "/triage?move=decline", more[1]):
        vic.get(address)
        with counted(app) as statements:
            assert vic.get(address).status_code == 200
        asked = [one for one in statements if not one.startswith("BEGIN")]
        assert len(asked) <= BUDGET, f"{address} asks {len(asked)} times"
    with app.app_context():
        if is_postgres():
            db.session.execute(text("ANALYZE"))
        for found in plans(many):
            assert not re.search(r"\bSCAN (ideas|promotions|decisions|votes)\b(?! USING)", found), found
            assert not re.search(r"Seq Scan on (ideas|promotions|idea_score)", found), found


def plans(cast: Cast) -> list[str]:
    """How the queue and the brief are found."""
    vic, found = viewer(cast.vic), []
    number = db.session.scalars(select(Promotion.idea_id).order_by(Promotion.at).limit(1)).one()
    for query in (queries._waiting(vic).limit(51), queries._brief(vic).where(Idea.id == number)):
        compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        words = "EXPLAIN " if is_postgres() else "EXPLAIN QUERY PLAN "
        found.append("\n".join(str(row[-1]) for row in db.session.execute(text(words + str(compiled)))))
    return found


def test_what_is_written_is_one_decision(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)
    send(vic, "/decisions", idea=number, owner=cast.olu, **YES)

    with app.app_context():
        made = db.session.scalars(select(Decision)).one()
        assert made.story_id is not None and made.commitment_id == db.session.scalars(select(Commitment.id)).one()
