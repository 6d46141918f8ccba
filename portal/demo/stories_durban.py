"""What Durban says and nobody has answered yet. Pure."""

from portal.demo.shapes import Idea, Joining, Stop, build, question, workaround

DURBAN = (
    Idea(
        "ten-per-cent-accent",
        "stupid_rule",
        "policies",
        "durban-retentions",
        title="Leeds can offer 20 per cent, Durban can offer 10, and the customers know",
        say=(
            "They've read it on the forums. They hear me and say 'no offence, can you put me through "
            "to England', and honestly they are right to. I'm good at this job with half the tools."
        ),
        days_ago=27,
        appeal=0.7,
        fate="gathering",
        comments=(
            build(
                "Same offers for the same customer, whoever picks up. If money is the worry then "
                "put a monthly pot on it, and let us run out of pot instead of out of respect.",
                author="durban-retentions-leader",
            ),
            question(
                "Who decided 10? If it was in the Brightline contract then someone signed it and "
                "could sign something else.",
                author="danny",
            ),
        ),
        stops=(
            Stop(
                "moves_pain",
                "If everybody can give 20 then everybody will be asked for 20. Retentions in "
                "Leeds already spend half the call on it.",
                "leeds-retentions",
            ),
        ),
    ),
    Idea(
        "twelve-characters",
        "stupid_rule",
        "systems",
        "durban-email",
        title="Copy and paste is switched off, so we type box codes by eye",
        say=(
            "It's for security, shame. We read twelve characters off one screen and type them into "
            "another. One wrong letter and I've switched on a stranger's router. That happened in "
            "June. It was also very insecure."
        ),
        days_ago=33,
        appeal=0.64,
        fate="gathering",
        comments=(
            workaround("Two of us do it together, one reads and one types, like pilots.", team="durban-technical"),
        ),
        stops=(
            Stop(
                "unsafe",
                "Paste was turned off after card details turned up in a chat. Allow it for box "
                "codes, not for everything.",
                "manila-chat",
            ),
        ),
    ),
    Idea(
        "attended",
        "stupid_rule",
        "processes",
        "durban-appointments",
        title="We can't rebook until the visit that never happened is marked 'attended'",
        say=(
            "The engineer doesn't pitch and the customer phones. I can't book again until Field "
            "closes the first job, and after 48 hours it closes itself as attended. So I'm explaining "
            "a second visit to somebody we've thanked for the first."
        ),
        days_ago=21,
        appeal=0.68,
        fate="gathering",
        author="nokuthula",
        comments=(
            build("Let us close it as 'nobody came'. We are the ones who know.", team="belfast-faults"),
            workaround(
                "Book it as a brand-new fault at the same address. Then you have two tickets, so "
                "write down which is the real one.",
                team="durban-appointments",
            ),
        ),
    ),
    Idea(
        "ask-twice",
        "stupid_rule",
        "procedures",
        "durban-collections",
        title="We must ask for the money twice before we may write down that there isn't any",
        say=(
            "He told me the factory closed. The script made me ask for full payment, then part "
            "payment, and only then does the hardship box open. He answered nicely both times. I'd "
            "rather have just listened, hey."
        ),
        days_ago=18,
        appeal=0.71,
        fate="gathering",
        author="yusuf",
        comments=(
            build(
                "Open the hardship box first. If they don't need it, closing it costs two seconds.",
                team="leeds-billing",
            ),
            build(
                "The regulator's guide on customers in difficulty says to ask about circumstances "
                "*before* payment. We have it backwards.",
                author="sunita",
            ),
        ),
    ),
    Idea(
        "behind-her-tv",
        "stupid_rule",
        "policies",
        "durban-technical",
        title="Sixty calls from two streets and we still may not say 'outage'",
        say=(
            "Until the network team presses confirm, each call is a fault in that person's house. I "
            "made a grandmother crawl behind her TV for something I'd already heard about fifty-nine "
            "times."
        ),
        days_ago=13,
        appeal=0.73,
        fate="gathering",
        comments=(
            build(
                "Let us say 'I'm hearing this from other people near you'. It's true, and it "
                "keeps them out from behind the TV.",
                team="manila-technical",
            ),
            question("What's the risk if we're wrong about it twice a year?", author="orla"),
        ),
    ),
    Idea(
        "question-fourteen",
        "stupid_rule",
        "training",
        "durban-chat",
        title="The yearly product test is about a box we stopped selling",
        say=(
            "Eighty per cent to pass or there goes your bonus. Question 14: which light flashes on "
            "the old white box? There is no old white box. I've learnt it by heart and never once "
            "used it on a person."
        ),
        days_ago=40,
        appeal=0.57,
        fate="open",
        comments=(
            build(
                "Let each team write two questions from last month's chats. We know what we got stuck on.",
                author="durban-chat-leader",
            ),
        ),
    ),
    Idea(
        "semi-final",
        "idea",
        "forecasting",
        "durban-chat",
        title="Give the planners the fixture list",
        say=(
            "There's one stuck on the canteen wall. Everybody with a stream knows when the semi-final "
            "is, except the forecast. Wednesday it was eleven of us and the whole of Britain "
            "buffering."
        ),
        days_ago=7,
        appeal=0.61,
        fate="open",
        comments=(
            question(
                "Send me a photo of the wall? I'm not joking. The model has no events in it at all.",
                author="kieran",
            ),
        ),
    ),
    Idea(
        "whose-holiday",
        "stupid_rule",
        "scheduling",
        "durban-email",
        title="Our holidays are workdays and Britain's holidays are workdays too",
        say=(
            "On Youth Day the floor is full because Britain is open. On a British bank holiday the "
            "floor is full because somebody might write in. I've asked which days are holidays for "
            "me. That question has been with Workforce since March."
        ),
        days_ago=45,
        appeal=0.64,
        fate="open",
        audience="employer",
        comments=(
            workaround(
                "Swap with us in Manila, our long weekends never fall on yours. We did it twice, "
                "leader to leader, and nobody noticed.",
                team="manila-night",
            ),
        ),
    ),
    Idea(
        "line-opens-at-half-six",
        "stupid_rule",
        "management",
        "durban-technical",
        title="The line for calling in sick opens after the shift has started",
        say=(
            "Early shift logs in at 06:00. The absence line opens at 06:30, voice only, no message. "
            "So if you're sick you are a no-show first and a patient second."
        ),
        days_ago=10,
        appeal=0.76,
        fate="gathering",
        audience="site",
        comments=(
            workaround(
                "Text Sibusiso, he notes the time. It isn't official but it has saved three warnings.",
                team="durban-technical",
            ),
        ),
    ),
    Idea(
        "passwords-per-caller",
        "stupid_rule",
        "systems",
        "durban-chat",
        title="More passwords than people in the queue",
        say=(
            "Nine at night, three customers waiting, and the knowledge base wants its own password "
            "again. By the time it has let me in, two of them have gone to bed."
        ),
        days_ago=14,
        appeal=0.6,
        fate="joined",
        comments=(build("Ours runs out in the middle of a shift, never between two.", team="durban-chat"),),
        joining=Joining(
            "seven-sign-ins", "hannah", "Durban's passwords are on the same list as the seven in Leeds.", days_ago=6
        ),
    ),
)
