"""What Belfast says and nobody has answered yet. Pure."""

from portal.demo.shapes import Idea, Stop, build, question, workaround

BELFAST = (
    Idea(
        "the-digger",
        "stupid_rule",
        "procedures",
        "belfast-faults",
        title="Three router restarts before we may believe the customer about the digger",
        say=(
            "A man told me there's a digger outside his house with our cable hanging out of its "
            "teeth. I still had to walk him through three restarts before the form would let me book "
            "anybody. He counted them out loud for me."
        ),
        days_ago=26,
        appeal=0.74,
        fate="gathering",
        comments=(
            build(
                "The line test already says there's no signal in the street. Let the test skip "
                "the restarts. It knows. It just isn't allowed to tell the form.",
                author="orla",
            ),
            workaround(
                "Fill in the appointment while they restart. It takes the same time and nobody is "
                "sitting there listening to each other breathe.",
                team="durban-technical",
            ),
        ),
        stops=(
            Stop(
                "tried",
                "In 2022 we let people skip it and four visits in ten found a plug that had been kicked out.",
                "belfast-technical",
            ),
        ),
    ),
    Idea(
        "app-is-down",
        "stupid_rule",
        "objectives",
        "belfast-chat",
        title="We must recommend the app first, even to people asking why the app is broken",
        say=(
            "My objective is to steer 30 in every hundred to the app. It was down for a day and a "
            "half this week and I steered them anyway, for the case won't open until you tick that "
            "you did. One fella laughed for a good ten seconds."
        ),
        days_ago=11,
        appeal=0.68,
        fate="gathering",
        comments=(build("At the very least grey the tick-box out whenever the status page is red.", author="mark"),),
    ),
    Idea(
        "flat-21",
        "stupid_rule",
        "systems",
        "belfast-welcome",
        title="Our address form doesn't believe in flats",
        say=(
            "It won't take a slash, so Flat 2/1 becomes Flat 21. The engineer goes to a flat that "
            "isn't there and marks the customer absent. Then we post her a letter about missing her "
            "appointment. To Flat 21."
        ),
        days_ago=38,
        appeal=0.54,
        fate="open",
        comments=(
            workaround("Put '2 of 1' in the surname box. The engineers know to look there.", author="jackie"),
            question(
                "How many of our missed visits are really this? Appointments in Durban could count them for a week.",
                author="nokuthula",
            ),
        ),
    ),
    Idea(
        "dead-air",
        "stupid_rule",
        "quality_assurance",
        "belfast-technical",
        title="Eight seconds of silence costs a quality point",
        say=(
            "I was reading the man's fault history so he wouldn't have to tell it a fourth time. "
            "Eleven seconds of nobody talking, point gone. So now I say 'just bear with me' on a "
            "loop, like a lift that's stuck."
        ),
        days_ago=17,
        appeal=0.63,
        fate="gathering",
        comments=(
            workaround(
                "I read it out as I go. 'I see the box was changed in June.' They like knowing you've looked.",
                team="leeds-technical",
            ),
        ),
    ),
    Idea(
        "class-of-late-march",
        "stupid_rule",
        "hiring",
        "belfast-welcome",
        title="We hire after the rush instead of before it",
        say=(
            "Prices go up every April. New people start the last week of March, so in April they're "
            "on week three in a classroom and the ones who'd be teaching them are on the phones. "
            "Every year it's a surprise, like Christmas to a goldfish."
        ),
        days_ago=61,
        appeal=0.6,
        fate="open",
    ),
    Idea(
        "complaint-of-gratitude",
        "idea",
        "measurements",
        "belfast-billing",
        title="Somewhere to put a compliment",
        say=(
            "A woman rang only to thank the engineer who carried her shopping in. There are 22 boxes "
            "for a complaint and none for that, so I logged it as a complaint, category other, "
            "outcome satisfied. He now has a complaint."
        ),
        days_ago=14,
        appeal=0.7,
        fate="gathering",
        author="declan",
        comments=(
            build(
                "And read one out on a Monday. We only ever hear the recordings where it went wrong.",
                team="manila-night",
            ),
            build(
                "I've found him and had the complaint taken off. He'd been asked to explain himself.",
                author="belfast-billing-leader",
            ),
        ),
    ),
    Idea(
        "recorded-again",
        "stupid_rule",
        "procedures",
        "belfast-billing",
        title="We read the recording notice out again after every hold",
        say=(
            "I put him on hold for twenty seconds to check a date. Coming back I'd to read the whole "
            "'this call is recorded' piece, which is longer than the hold was. Four holds, four "
            "readings. He joined in on the last one."
        ),
        days_ago=44,
        appeal=0.59,
        fate="open",
        stops=(
            Stop(
                "unlawful",
                "People have to be told they're being recorded. Somebody checked this once.",
                "belfast-technical",
                answer="Once, at the start, is what the law asks. The rest of them are ours.",
                answered_by="sunita",
            ),
        ),
    ),
    Idea(
        "memorable-place",
        "stupid_rule",
        "policies",
        "belfast-care",
        title="She has dementia and we ask her for a memorable place",
        say=(
            "I'm on the team for people who need more care. An old lady couldn't give me her "
            "memorable place so I'd to fail her. Her daughter was beside her in tears and I'd to fail "
            "her as well, because she's not on the account."
        ),
        days_ago=31,
        appeal=0.75,
        fate="gathering",
        comments=(
            build(
                "Let a customer name one person while they're well, with a spoken password the "
                "two of them choose. My mother's bank does it.",
                team="leeds-moves",
            ),
            question(
                "Would a power of attorney on file already let us do this? I have four on my desk "
                "that nobody has entered.",
                team="belfast-billing",
            ),
        ),
        stops=(
            Stop(
                "unsafe",
                "A son rang me pretending to be the carer and wanted her moved on to a contract "
                "at his house. Change the check, please don't drop it.",
                "leeds-retentions",
            ),
        ),
    ),
    Idea(
        "name-the-engineer-back",
        "idea",
        "processes",
        "belfast-faults",
        title="Let us ring the engineer who was there yesterday",
        say=(
            "He stood in her hall for an hour and knows exactly what's wrong. I have three lines of "
            "his notes and no way to ask him what 'see prev' means. He's in a van two miles away."
        ),
        days_ago=4,
        appeal=0.56,
        fate="open",
        comments=(
            question(
                "Would ten minutes at the end of the engineer's day do? Driving while being asked "
                "things is how vans meet walls.",
                author="ruth",
            ),
        ),
    ),
)
