"""What Leeds and Belfast have been promised and not yet given. Pure."""

from portal.demo.shapes import Idea, Promise, Update, build, question, workaround

PROMISED_IN_HOUSE = (
    Idea(
        "nine-pounds-for-five",
        "stupid_rule",
        "management",
        "leeds-billing",
        title="It costs us about £9 to give back a £5 late fee",
        say=(
            "She paid a day late because our own payment page was down. I agreed with her, put her on "
            "hold and asked a supervisor, who agreed with her as well. Between the three of us we "
            "spent nine pounds agreeing to give back five."
        ),
        days_ago=66,
        appeal=0.86,
        fate="promised",
        author="joyce",
        promoted_days_ago=52,
        promise=Promise(
            "asha",
            "dev",
            "Whoever picks up can waive one late fee per customer a year, with no form and no sign-off.",
            "transfers",
            days_ago=45,
            due_in_days=23,
            accepted_days_ago=44,
            updates=(
                Update(
                    13,
                    "Finance has agreed the yearly cost. The button goes into testing with ten of "
                    "you at Leeds and Manila.",
                ),
            ),
        ),
        comments=(
            build(
                "And where it was our page that fell over, the fee shouldn't be there to waive. "
                "One query a night would find them.",
                team="manila-billing",
            ),
        ),
    ),
    Idea(
        "two-hundred-and-fifty",
        "stupid_rule",
        "technology",
        "belfast-billing",
        title="The notes box holds 250 characters of anybody's life",
        say=(
            "'Cust upset re bill, husb in hosp, agrd hold til 3rd.' That's what is left of a forty-"
            "minute call. Whoever reads it next thinks she was being awkward."
        ),
        days_ago=59,
        appeal=0.84,
        fate="promised",
        author="declan",
        promoted_days_ago=46,
        promise=Promise(
            "rory",
            "colm",
            "The notes box takes 4,000 characters, with one line at the top for the thing the next person must know.",
            "repeat_contacts_7d",
            days_ago=37,
            due_in_days=16,
            accepted_days_ago=35,
            updates=(
                Update(
                    12,
                    "The limit came from a system we switched off in 2017. It has been saving paper for nobody.",
                ),
            ),
        ),
        comments=(workaround("I carry on in the postcode history. There's no limit in there.", team="leeds-moves"),),
    ),
    Idea(
        "the-tomatoes",
        "idea",
        "training",
        "leeds-retentions",
        title="Let new starters hear the calls that went right",
        say=(
            "My first day they played us six disasters and I went home thinking every customer bites. "
            "Then I sat by Joyce for a morning and heard a woman go from shouting to telling her "
            "about her tomatoes. Play them that one."
        ),
        days_ago=62,
        appeal=0.85,
        fate="promised",
        author="danny",
        promoted_days_ago=49,
        promise=Promise(
            "nomsa",
            "amara",
            "New starters at all four sites spend their second morning with ten calls chosen by "
            "the floor, customers' names taken out.",
            "agent_attrition",
            days_ago=40,
            due_in_days=12,
            accepted_days_ago=39,
            updates=(
                Update(
                    15,
                    "Seven of the ten are in. I still need one from Collections and two where you "
                    "said sorry and it worked.",
                ),
            ),
        ),
        comments=(
            build(
                "Have the person whose call it was come and say what they were thinking at minute three.",
                team="durban-chat",
            ),
            build("Nobody told me about the tomatoes being famous. I'll do the first morning.", author="joyce"),
        ),
    ),
    Idea(
        "forty-words-a-minute",
        "stupid_rule",
        "hiring",
        "belfast-technical",
        title="The typing test picked me. Nobody asked could I listen",
        say=(
            "Forty words a minute, a spot-the-difference and a form on teamwork. Nobody sat me beside "
            "a real call before they took me on, or any of my class. There were twelve of us and now "
            "there's three."
        ),
        days_ago=39,
        appeal=0.82,
        fate="promised",
        promoted_days_ago=14,
        promise=Promise(
            "farah",
            "margaret",
            "Everybody we interview spends an hour listening beside someone on the floor, and "
            "that someone has a say in who we hire.",
            "agent_attrition",
            days_ago=2,
            due_in_days=55,
            accepted_days_ago=None,
        ),
        comments=(
            question(
                "Would the hour be paid? Coming in from Newtownards on a maybe is two buses.",
                team="belfast-welcome",
            ),
        ),
    ),
    Idea(
        "the-third-tab",
        "stupid_rule",
        "processes",
        "belfast-care",
        title="'Do not cut off' is on the third tab, next to paper bills",
        say=(
            "He has a breathing machine on that line. It says so, three screens down, under "
            "preferences, beside whether he'd like his bill in large print. We found it after we'd "
            "cut him off. He's all right, and I'm not really."
        ),
        days_ago=52,
        appeal=0.89,
        fate="promised",
        promoted_days_ago=47,
        promise=Promise(
            "rory",
            "siobhan",
            "What a customer needs to stay safe sits at the top of the first screen, and no "
            "disconnection goes through while it is there.",
            "complaints",
            days_ago=46,
            due_in_days=6,
            accepted_days_ago=46,
            updates=(
                Update(
                    45,
                    "As of tonight no disconnection goes out without a person in Extra Care "
                    "reading the third tab. By hand, until the screen is right.",
                ),
                Update(
                    10,
                    "The new first screen is with eight of you in Belfast. The block on "
                    "disconnections follows next week.",
                ),
            ),
        ),
        comments=(
            build(
                "Ask them once a year if it's still true. Some of those flags are for people who've died.",
                team="leeds-moves",
            ),
        ),
    ),
)
