"""What waits for an executive's answer, what was taken back and what a moderator hid. Pure."""

from portal.demo.shapes import Hiding, Idea, Stop, build, question, workaround

PROMOTED = (
    Idea(
        "router-first",
        "stupid_rule",
        "policies",
        "belfast-technical",
        title="No replacement router until the dead one has come home",
        say=(
            "Their router's dead so they're ringing from next door's phone. I tell them to post it "
            "back, and when it lands with us we'll send another, call it a week. There are four "
            "hundred on a shelf in Leeds. I've seen the shelf."
        ),
        days_ago=23,
        appeal=0.86,
        fate="promoted",
        promoted_days_ago=5,
        comments=(
            build(
                "I had a nurse on nights who does her handovers on video. A courier is £6. She lost two shifts.",
                author="lindiwe",
            ),
            workaround(
                "If there's a shop near them I book a 'faulty on collection' swap. It's meant for "
                "new orders, and it goes through.",
                team="leeds-technical",
            ),
        ),
        stops=(
            Stop(
                "moves_pain",
                "About one in fifteen never comes back when we send first, and Field Equipment's "
                "budget eats it. Say who pays before you say yes.",
                "leeds-technical",
            ),
        ),
    ),
    Idea(
        "please-stop",
        "stupid_rule",
        "measurements",
        "leeds-complaints",
        title="One complaint, four surveys",
        say=(
            "She got one for the call, one for the call-back, one for the engineer and one about her "
            "'resolution journey'. In the last she wrote 'please stop'. It was scored as a low."
        ),
        days_ago=37,
        appeal=0.84,
        fate="promoted",
        promoted_days_ago=8,
        comments=(
            build(
                "One survey a customer every 60 days, whoever wants to know. Let the departments "
                "fight over the slot, they've got meeting rooms.",
                team="manila-billing",
            ),
        ),
    ),
    Idea(
        "forty-pence",
        "stupid_rule",
        "processes",
        "manila-billing",
        title="A manager must call back about the 40p",
        say=(
            "He was charged 40p twice. I can see it, I can fix it, and he is already laughing. But "
            "the word complaint was said, so in the next weeks a manager has to phone him at dinner "
            "and ask if he is still upset about the 40p."
        ),
        days_ago=29,
        appeal=0.82,
        fate="promoted",
        promoted_days_ago=3,
        comments=(
            question(
                "Is it the regulator who wants the call, or us? I looked and only found us.",
                team="leeds-complaints",
            ),
            build(
                "Under £10 and fixed while they're on the line: closed, with a text to say so. "
                "I'd get eleven hours a week back.",
                author="leeds-complaints-leader",
            ),
        ),
    ),
    Idea(
        "engineer-in-the-chat",
        "idea",
        "knowledge",
        "durban-technical",
        title="One hour a day with a real network engineer in our chat",
        say=(
            "Seventeen of us keep asking a wall the same five questions. Give us one engineer for one "
            "hour, any hour. Last week I waited six days for an answer and the answer was 'yes'."
        ),
        days_ago=33,
        appeal=0.83,
        fate="promoted",
        promoted_days_ago=6,
        author="lindiwe",
        comments=(
            build(
                "Write the five answers down while they're there. By the third week it's half an hour.",
                team="belfast-technical",
            ),
            build("I'm an engineer and I would do Thursdays. Nobody has ever asked.", team="belfast-faults"),
        ),
    ),
    Idea(
        "signing-pays",
        "stupid_rule",
        "goals",
        "leeds-sales",
        title="We're paid when they sign, not when it works",
        say=(
            "I sold nine lines last month. Four of those houses can't get the speed, and I had the "
            "checker open in front of me saying so. Signing pays. Working doesn't. I'm not proud of "
            "it."
        ),
        days_ago=51,
        appeal=0.85,
        fate="promoted",
        promoted_days_ago=2,
        comments=(
            build(
                "Pay it on day 30 if the line runs at what we said. My pay would dip for one "
                "month and my stomach would settle for good.",
                team="manila-sales",
            ),
        ),
        stops=(
            Stop(
                "wrong_fix",
                "Slow installs are Field's doing and we'd be fined for them. Tie it to what the "
                "checker said, not to when the van came.",
                "leeds-sales",
            ),
        ),
    ),
    Idea(
        "pin-by-post",
        "stupid_rule",
        "procedures",
        "belfast-welcome",
        title="A forgotten PIN goes second class to people who can't wait",
        say=(
            "Forget your PIN and the new one takes five days in the post. Till then you can't pay, "
            "move, cancel or complain. A wee woman asked could she come in and collect it. I'm in "
            "Belfast and she was in Bath. She meant it."
        ),
        days_ago=48,
        appeal=0.87,
        fate="promoted",
        promoted_days_ago=17,
        author="jackie",
        comments=(
            workaround(
                "Five questions off the last bill and a leader can read it out. Nobody has written that down anywhere.",
                team="durban-collections",
            ),
            question(
                "Could it go by text to a mobile that's been on the account for a year? What "
                "would worry you about that?",
                author="sunita",
            ),
        ),
        stops=(
            Stop(
                "unsafe",
                "Texting it to a number added yesterday is how my aunt lost her account. It has to be an old number.",
                "belfast-billing",
            ),
        ),
    ),
)
TAKEN_BACK = (
    Idea(
        "the-trumpet",
        "stupid_rule",
        "management",
        "leeds-sales",
        title="The wallboard plays a trumpet whenever somebody sells something",
        say=(
            "I was on with a man who's leaving us because his wife died and the account was hers. "
            "Behind me the wallboard went off twice."
        ),
        days_ago=64,
        appeal=0.6,
        fate="withdrawn",
        withdrawn_days_ago=60,
        withdrawn_note="Craig found the volume. It turns out there had always been a volume.",
    ),
)
HIDDEN = (
    Idea(
        "tuesday-to-friday",
        "stupid_rule",
        "policies",
        "belfast-billing",
        title="Cut off on the Tuesday, charged to come back on the Friday",
        say=(
            "Every month the same woman from the house beside the chip shop in our village rings to "
            "beg for a week. Every month we cut her off on the Tuesday and charge her to come back on "
            "the Friday. The whole street knows whose husband lost his job."
        ),
        days_ago=25,
        appeal=0.7,
        fate="hidden",
        hiding=Hiding(
            "hannah",
            24,
            "It describes one customer closely enough for her neighbours to know her. The rule "
            "behind it matters, so we asked the author to say it again without her, and Asha "
            "Menon is looking into the reconnection fee.",
        ),
    ),
)
