"""Sentences for a firm of any size: what people say, answer, promise and object to. Pure; all of it is invented."""

import random
from dataclasses import dataclass

from portal.ideas.words import SAY_CHARS_MAX, Barrier, CommentKind, Kind
from portal.swarm.rules import StopReason
from portal.triage.rules import DeclineReason


@dataclass(frozen=True)
class Said:
    """The words of one idea and how they are sorted."""

    kind: Kind
    barrier: Barrier
    say: str


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


ABOUT: dict[Barrier, tuple[str, ...]] = {
    Barrier.SYSTEMS: _lines("""
        the order screen that forgets the postcode
        the second login for the warranty tool
        the case list that only sorts by number
        the address lookup that stops at flats"""),
    Barrier.PROCESSES: _lines("""
        the hand-over form between sales and installation
        the call-back queue nobody empties on Fridays
        the three checks before a meter can be swapped
        the bereavement route with its five departments"""),
    Barrier.PROCEDURES: _lines("""
        the script that asks for the birthday twice
        the closing questions after a cancelled order
        the recital of terms before any small change
        the hold we must take before every transfer"""),
    Barrier.POLICIES: _lines("""
        the refund limit of {n} pounds per adviser
        the {n}-day wait before a goodwill credit
        the rule that a tenant needs the landlord's letter
        the ban on rearranging a visit after noon"""),
    Barrier.TECHNOLOGY: _lines("""
        the headset that drops whenever the lift moves
        the remote desktop that freezes at shift change
        the chat window that hides the last message
        the phone menu with {n} choices"""),
    Barrier.HIRING: _lines("""
        the typing test for people who will only talk
        the interview without a single real call
        the notice that evening starters read too late
        the job advert that never mentions complaints"""),
    Barrier.TRAINING: _lines("""
        the tariff course that comes after the tariff
        the practice calls without an angry customer
        the fault basics that new starters never get
        the refresher held in the busiest week"""),
    Barrier.MANAGEMENT: _lines("""
        the approval that waits in one person's inbox
        the floor walk that only counts headsets
        the weekly meeting that repeats the weekly mail
        the escalation list with people who have left"""),
    Barrier.GOALS: _lines("""
        the handle time target on repair calls
        the bonus that rewards the shortest chat
        the league table between unlike queues
        the sales target on complaint lines"""),
    Barrier.OBJECTIVES: _lines("""
        the yearly aim nobody on the floor can name
        the promise of one contact beside a transfer quota
        the growth plan that ignores the back office
        the service pledge that skips partner sites"""),
    Barrier.QUALITY_ASSURANCE: _lines("""
        the score sheet that deducts for silence
        the mark for saying the name {n} times
        the review of calls that nobody may listen to
        the checklist that punishes a plain answer"""),
    Barrier.FORECASTING: _lines("""
        the volume plan that forgets price letters
        the forecast without the first cold week
        the marketing mail nobody tells us about
        the storm roster that starts a day late"""),
    Barrier.SCHEDULING: _lines("""
        the break that moves {n} times in one shift
        the swap form that needs two signatures
        the late turn followed by an early one
        the lunch slot during the noon peak"""),
    Barrier.MEASUREMENTS: _lines("""
        the survey that only goes to closed cases
        the repeat rate that counts wrong numbers
        the dashboard with yesterday's queue on it
        the transfer count that blames the receiver"""),
    Barrier.KNOWLEDGE: _lines("""
        the article on moving house from {n} years ago
        the search that needs the exact product code
        the fault page without a single picture
        the price list that lives in somebody's mailbox"""),
}  # fmt: skip
GROUPS = _lines("""
    on gas orders
    on broadband moves
    for new tenants
    for farm customers
    in the solar queue
    on boiler repairs
    for people on prepayment
    after a power cut
    on second homes
    for blind customers
    on smart meters
    in the business chat
    for students in August
    on heat pump visits
    when a parent rings for a child
    on shared flats
    for care homes
    on returned parcels
    in the loyalty scheme
    on direct debits
    on closed accounts
    for shops with two meters
    on cancelled visits
    in the first month
    on damp complaints
    for customers abroad
    on charging points
    when the line is noisy
    on Saturday installs
    for the night desk
    on water softeners
    after a price letter
    on warranty cases
    for landlords with many flats
    in the app
    on bereavement calls""")
RULE_OPENINGS = _lines("""
    We have to live with {about}, and no customer understands why.
    Who decided on {about}? It helps nobody I speak to.
    I apologise every day for {about}.
    Nobody here can explain {about} any more.
    Twice a day I fight {about}.
    Why do we keep {about}?
    It embarrasses me: {about}.
    Because of {about} I must say no where a yes costs nothing.""")
IDEA_OPENINGS = _lines("""
    We could do something about {about}.
    Please change {about}.
    A small team should look at {about}.
    There is a simpler way than {about}.
    Drop {about} and see who misses it.
    Tell customers the truth about {about}.
    Ask the people who suffer under {about}.
    Let us try life without {about} for {n} weeks.
    It is time to replace {about}.""")
DETAILS = _lines("""
    Last {day} it cost me {n} minutes with one customer.
    About {n} contacts in a hundred end there.
    The customer rings back within {n} days, and a colleague starts again from nothing.
    On {day} evenings half of our queue is about this.
    I counted {n} of these in one {day} shift.
    People with a stammer or a bad line suffer most.
    New colleagues learn a way round it in their first week.
    My team keeps a note beside the screen because of it.
    The partner sites do it differently and nothing bad happens.
    It was meant for a product that we stopped selling.""")
WISHES = _lines("""
    Let the adviser decide and check one in {n} afterwards.
    One field on the first screen would be enough.
    Ask once, keep the answer, show it to whoever comes next.
    Could we test it in two teams for {n} weeks?
    A plain sentence in the message would save the call.
    Give us the same button that the complaints desk has.
    I would gladly show somebody a few of these calls.
    Start with the {day} queue, where it hurts most.
    If it must stay, then tell customers before they ring.""")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ADDITIONS: dict[CommentKind, tuple[str, ...]] = {
    CommentKind.BUILD: _lines("""
        Same on our side; the {day} crew would join a test.
        If this changes, the letter template has to change with it.
        Add the chat queue, it happens there about {n} times a day.
        The installers could use the same note.
        We tried half of this two summers ago and the half that stayed still works."""),
    CommentKind.WORKAROUND: _lines("""
        I open a second tab and copy the number across, it saves {n} minutes.
        Until then: write it into the notes with the word ready.
        Ask the customer to text the photo, that skips the form.
        We ring the depot on {day} mornings before the queue opens."""),
    CommentKind.QUESTION: _lines("""
        Does this also hold for business customers?
        Who would look at the one in {n} that goes wrong?
        Is there a legal reason, or just a habit?
        What happens to orders that are already on their way?"""),
}  # fmt: skip
OBJECTIONS: dict[StopReason, tuple[str, ...]] = {
    StopReason.UNSAFE: ("A customer on a medical device could be cut off by this.",
                        "Without that check somebody may open a live cabinet."),
    StopReason.UNLAWFUL: ("We must keep that record for the regulator.",
                          "This would tell a stranger who lives at the address."),
    StopReason.TRIED: ("", "We ran it for a quarter and took it out again."),
    StopReason.WRONG_FIX: ("", "The form is not the trouble, the queue behind it is."),
    StopReason.MOVES_PAIN: ("", "Then the back office types what we no longer type."),
}  # fmt: skip
DECLINES: dict[DeclineReason, tuple[str, ...]] = {
    DeclineReason.LAW_OR_SAFETY: (
        "The regulator asks for this step by name, and we lost a case about it not long ago.",),
    DeclineReason.COSTS_MORE_THAN_IT_SAVES: (
        "The change would take {n} months of work and touch fewer than one contact in a thousand.",),
    DeclineReason.ALREADY_BEING_DONE: (
        "The billing renewal removes this in its second release; the date is on its own page.",),
    DeclineReason.TRAINS_AROUND_THE_PROBLEM: (
        "A course would teach people to live with a broken form. The form itself has to go first.",),
    DeclineReason.NOT_NOW: (
        "We agree with the aim, but the same people are busy with the move of the network until then.",),
    DeclineReason.DUPLICATE: (
        "An earlier idea says the same and has an owner; this one adds its support in words to it.",),
}  # fmt: skip
WOULD_CHANGE = _lines("""
    Numbers from two sites over a month.
    A supplier who can do it within the present contract.
    A ruling by the regulator.
    A way to do it for the ten most frequent cases only.""")
PROMISES = _lines("""
    We will remove it for consumer customers and report what happens.
    A new screen replaces it, first at two sites and then everywhere.
    The rule goes; advisers decide, and one in {n} is looked at.
    We will cut the steps to one and say so in the confirmation.
    The wording changes, and every site hears the old and the new one.""")
UPDATES = _lines("""
    The wording is agreed with legal. Next: two test teams.
    Two teams have worked with it for {n} days; no complaint so far.
    The supplier delivered late, so that we lost a week.
    The letter template is ready and translated.
    Team leaders have seen it and asked for a shorter text.""")
EVIDENCE = _lines("""
    Live in the order screen since the morning; {n} cases went through on the first day.
    The old rule is out of the handbook and the new one is in the search.
    Switched off at the sites named here; the release note says so.""")
DATE_REASONS = _lines("""
    The supplier needs another release.
    The test showed a gap with business accounts.""")
NOT_YET = _lines("""
    Two sites still show the old wording.
    The form is gone, but the letter still asks for it.""")
WITHDRAWN = ("", "Sorted in the team.", "I had read the rule wrongly.")
HIDDEN = ("It named a customer.", "It was about one colleague and not about our work.")


def fill(text: str, rng: random.Random) -> str:
    """The sentence with a number and a day of the week where it has places for them."""
    return text.replace("{n}", str(2 + int(rng.random() * 28))).replace("{day}", DAYS[int(rng.random() * 7)])


def one_of(choices: tuple[str, ...], rng: random.Random) -> str:
    """Any of the sentences, filled."""
    return fill(choices[int(rng.random() * len(choices))], rng)


def said(rng: random.Random) -> Said:
    """Words of one idea: one sentence to half a dozen, as long as people write on a telephone between calls."""
    barrier = BARRIERS[int(rng.random() ** 1.4 * len(BARRIERS))]
    rule = rng.random() < 0.45
    about = one_of(ABOUT[barrier], rng)
    if rng.random() < 0.75:
        about += f" {GROUPS[int(rng.random() * len(GROUPS))]}"
    parts = [one_of(RULE_OPENINGS if rule else IDEA_OPENINGS, rng).replace("{about}", about)]
    parts += [fill(text, rng) for text in rng.sample(DETAILS, int(rng.random() ** 2 * 5))]
    if rng.random() < 0.7:
        parts.append(one_of(WISHES, rng))
    say = " ".join(parts)
    while len(say) > SAY_CHARS_MAX:
        parts.pop()
        say = " ".join(parts)
    return Said(Kind.STUPID_RULE if rule else Kind.IDEA, barrier, say)


BARRIERS = (Barrier.POLICIES, Barrier.SYSTEMS, Barrier.PROCESSES, *(b for b in Barrier if b not in (
    Barrier.POLICIES, Barrier.SYSTEMS, Barrier.PROCESSES)))  # fmt: skip
