"""What Leeds says and nobody has answered yet. Pure."""

from portal.demo.shapes import Idea, Stop, build, question, workaround

LEEDS = (
    Idea(
        "exs-consent",
        "stupid_rule",
        "policies",
        "leeds-moves",
        title="Taking an ex-husband's name off the account needs the ex-husband",
        say=(
            "She left him in the spring. To put the broadband in her own name I need him on the line "
            "to say yes. I had to tell her that, and then tell her again because she thought she'd "
            "misheard."
        ),
        days_ago=34,
        appeal=0.66,
        fate="gathering",
        comments=(
            build(
                "Don't take him off. Open her a new account at the same address the same day, no "
                "break in service, and let him have the old one to himself.",
                team="leeds-retentions",
            ),
            workaround(
                "I book it as a house move to the same house. It works about half the time, and "
                "half the time it sends an engineer.",
                author="keith",
            ),
        ),
        stops=(
            Stop(
                "unlawful",
                "He has a contract too. We can't end it on her word alone.",
                "leeds-complaints",
                answer=(
                    "We wouldn't be ending his. Nothing stops us opening hers beside it, and nothing "
                    "about that needs his voice."
                ),
                answered_by="hannah",
                kept=True,
            ),
        ),
    ),
    Idea(
        "letter-before-us",
        "stupid_rule",
        "knowledge",
        "leeds-billing",
        title="Customers get the price letter before we do",
        say=(
            "A woman read me our own price-rise letter this morning, paragraph by paragraph, and "
            "asked what the third one meant. I said I'd look into it. What I meant was that I'd never "
            "seen it."
        ),
        days_ago=19,
        appeal=0.71,
        fate="gathering",
        comments=(
            workaround("My mum's a customer. She sends me a photo when one lands.", team="leeds-retentions"),
            build(
                "Every letter on our page 48 hours before it goes in the post. Just the letter. "
                "Not a launch event with cupcakes.",
                author="sam",
            ),
        ),
    ),
    Idea(
        "post-them-their-bill",
        "stupid_rule",
        "policies",
        "leeds-billing",
        title="We can email people an advert but not their own bill",
        say=(
            "I can send a brochure to anyone with an inbox. A copy of their own bill has to go by "
            "post, five working days, because a bill is personal. It is personal. It's theirs."
        ),
        days_ago=47,
        appeal=0.58,
        fate="open",
        comments=(
            workaround(
                "I stay on while they find it in the app and read me the total. Nine minutes, but "
                "they hang up with a bill.",
                team="belfast-billing",
            ),
        ),
    ),
    Idea(
        "seven-sign-ins",
        "stupid_rule",
        "systems",
        "leeds-technical",
        title="Seven sign-ins before the first hello",
        say=(
            "Seven passwords, four of them running out on different Mondays. On a bad morning I'm "
            "twelve minutes into my shift before I can help a soul, and those twelve minutes go down "
            "as me being late."
        ),
        days_ago=28,
        appeal=0.69,
        fate="gathering",
        author="tasneem",
        comments=(
            question("Which seven? I make it nine in Complaints.", author="leeds-complaints-leader"),
            build(
                "Knowledge and the phones already read the same list of people. Those two could "
                "be one sign-in by Friday.",
                team="belfast-technical",
            ),
        ),
    ),
    Idea(
        "twenty-seconds-less",
        "stupid_rule",
        "objectives",
        "leeds-complaints",
        title="My yearly objective is to spend 20 seconds less on each complaint",
        say=(
            "These are people we've already let down twice. The quickest way to hit my number is to "
            "let them down a third time, but briskly."
        ),
        days_ago=41,
        appeal=0.73,
        fate="gathering",
        comments=(
            build(
                "Count how many come back with the same complaint. That's the number I'd be proud to move.",
                team="leeds-complaints",
            ),
        ),
    ),
    Idea(
        "under-six-minutes",
        "stupid_rule",
        "quality_assurance",
        "leeds-retentions",
        title="Quality only listens to calls under six minutes",
        say=(
            "Three calls a month get scored and none of them long ones, because the scorers are on a "
            "clock as well. Every hard thing I've done well took twenty minutes. On paper I've never "
            "met anybody with a problem."
        ),
        days_ago=15,
        appeal=0.57,
        fate="gathering",
        comments=(
            build(
                "Let us put one call of our own choosing in the pile each month. You'd learn more "
                "from those than from the random three.",
                team="manila-billing",
            ),
        ),
    ),
    Idea(
        "lunch-at-five-past-ten",
        "stupid_rule",
        "scheduling",
        "leeds-sales",
        title="Lunch at 10:05 on a nine o'clock start",
        say=(
            "The plan gave me lunch at five past ten three days running. I ate a cheese sandwich with "
            "my breakfast tea still warm and then did six and a half hours straight. By four I'm not "
            "selling anybody owt, I'm just making noises."
        ),
        days_ago=9,
        appeal=0.55,
        fate="open",
        comments=(
            question(
                "Does the planner know what time you start, or only how many heads it needs at "
                "noon? Honest question, I'm new.",
                team="leeds-sales",
            ),
        ),
    ),
    Idea(
        "five-sheets",
        "stupid_rule",
        "management",
        "leeds-technical",
        title="Our team leader fills in a sheet about helping us instead of helping us",
        say=(
            "I needed a second pair of ears on a lad who hadn't slept. My leader was in a room typing "
            "how many of us she'd supported that day. She was mortified when I told her. It isn't "
            "her, it's the five sheets."
        ),
        days_ago=22,
        appeal=0.61,
        fate="gathering",
        audience="employer",
        comments=(
            build(
                "I lead a team and I timed it: two hours fifty a day. Sheets two and four ask the "
                "same questions in a different order.",
                author="leeds-technical-leader",
            ),
        ),
    ),
    Idea(
        "refund-screen",
        "stupid_rule",
        "technology",
        "leeds-billing",
        title="The refund screen signs you out while you are still refunding",
        say=(
            "I sat with Leeds Billing for two hours on Tuesday. The screen gives you four minutes and "
            "a refund takes five, so everyone around me typed it into a notepad first. Nobody had "
            "told me, because to them that is simply how refunds work."
        ),
        days_ago=6,
        appeal=0.64,
        fate="open",
        author="priya",
        comments=(
            workaround("Click the help icon every three minutes. It counts as being awake.", team="leeds-billing"),
        ),
    ),
    Idea(
        "saved-four-times",
        "stupid_rule",
        "goals",
        "leeds-retentions",
        title="We're paid for saves that come undone by summer",
        say=(
            "Talk someone into staying and the bonus lands that Friday. If they've gone three months "
            "later because they could never afford it, nobody asks. I have personally saved the same "
            "man four times."
        ),
        days_ago=53,
        appeal=0.5,
        fate="open",
        stops=(
            Stop(
                "wrong_fix",
                "Taking the bonus back after three months means the rent's already been paid with "
                "it. Pay half now and half at month six.",
                "durban-retentions",
            ),
        ),
    ),
)
