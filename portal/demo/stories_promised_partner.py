"""What Manila and Durban have been promised and not yet given; one of them is late. Pure."""

from portal.demo.shapes import Idea, Promise, Stop, Update, build, question, workaround

PROMISED_TO_PARTNER = (
    Idea(
        "sticky-note",
        "idea",
        "technology",
        "durban-technical",
        title="Text people what we agreed before they've put the phone down",
        say=(
            "Half my callers are phoning to check they heard the last person right. Ten seconds after "
            "we hang up they should have it in writing: what we said, who said it and by when. I put "
            "it on a sticky note for myself. Why can't they have the sticky note?"
        ),
        days_ago=94,
        appeal=0.88,
        fate="overdue",
        author="lindiwe",
        promoted_days_ago=80,
        promise=Promise(
            "ben",
            "priya",
            "Whoever takes the call can text the customer what was agreed, by when and with whom, "
            "before the call ends.",
            "repeat_contacts_7d",
            days_ago=71,
            due_in_days=-8,
            accepted_days_ago=70,
            updates=(
                Update(44, "The text gateway works. The wording is with Legal."),
                Update(16, "Legal have sent it back twice. I should have told you after the first time."),
            ),
        ),
        comments=(
            build(
                "Put the case number in it. Then when they do phone, they phone with the answer in their hand.",
                team="leeds-billing",
            ),
            workaround(
                "I ask them to open their own notes and I dictate. They like it, it's like school.",
                team="manila-technical",
            ),
            question("It's a week past the date. Is it Legal, or is it you?", author="danny"),
        ),
    ),
    Idea(
        "one-hand-for-the-baby",
        "stupid_rule",
        "systems",
        "manila-chat",
        title="Chat can't see what Phone wrote down an hour ago",
        say=(
            "'I told your colleague all this already.' Yes ma'am, I believe you, but my screen shows "
            "only chats. So she types it again with one hand, because the other one is holding the "
            "baby. I know about the baby because she typed that also."
        ),
        days_ago=73,
        appeal=0.87,
        fate="promised",
        promoted_days_ago=61,
        promise=Promise(
            "tom",
            "colm",
            "Chat, phone and email notes appear in one list, newest first, at all four sites.",
            "first_contact_resolution",
            days_ago=54,
            due_in_days=41,
            accepted_days_ago=53,
            updates=(
                Update(
                    30,
                    "Email notes went in first, because they were easiest. You told me that helps "
                    "nobody, and you were right.",
                ),
                Update(
                    9,
                    "Phone notes are live for one chat team in Manila. They found 14 faults on "
                    "the first day, most of them mine.",
                ),
            ),
        ),
        comments=(
            workaround(
                "Ask for the first word of the note instead of the whole story. If they say "
                "'Tuesday' I can search Tuesday.",
                team="belfast-chat",
            ),
            build("Show who wrote it, so I can message them and not make her the postman.", author="mark"),
        ),
        stops=(
            Stop(
                "unlawful",
                "Collections notes have health details in them. Should Sales be reading those?",
                "durban-collections",
                answer=(
                    "No, and they won't. Care and hardship notes stay with the teams that need them; "
                    "everyone else sees that there is one."
                ),
                answered_by="sunita",
            ),
        ),
    ),
    Idea(
        "the-twenty-fifth",
        "stupid_rule",
        "forecasting",
        "durban-collections",
        title="The arrears letters go out on the 25th and the forecast has never heard of them",
        say=(
            "On the 27th every phone in Durban lights up and there's nine of us, same as any Tuesday. "
            "The forecast calls it an anomaly. It has been an anomaly every month since I started."
        ),
        days_ago=55,
        appeal=0.83,
        fate="promised",
        author="yusuf",
        promoted_days_ago=43,
        promise=Promise(
            "kieran",
            "dev",
            "Every bulk letter, text and price change goes in the forecast ten working days "
            "ahead, and Finance can't send without a tick from Planning.",
            "complaints",
            days_ago=36,
            due_in_days=34,
            accepted_days_ago=36,
            updates=(
                Update(
                    8,
                    "This month we staffed the 27th by hand: 16 people instead of nine. The tick "
                    "comes with the new mailing form.",
                ),
            ),
        ),
        comments=(build("Send a quarter of them each week and there is no 27th.", team="durban-collections"),),
    ),
    Idea(
        "we-shook-hands",
        "stupid_rule",
        "scheduling",
        "manila-technical",
        title="Two of us agreed a swap in four seconds and the form took nine days",
        say=(
            "My seatmate wants my Sunday and I want her Thursday. We shook hands. The form went to "
            "our leader, to Workforce, to Leeds, and the approval came on Monday, after the Sunday."
        ),
        days_ago=43,
        appeal=0.81,
        fate="promised",
        promoted_days_ago=31,
        author="aileen",
        promise=Promise(
            "kieran",
            "priya",
            "Two people with the same skills can swap shifts by themselves up to 24 hours before, "
            "in Manila and Durban first.",
            "agent_attrition",
            days_ago=25,
            due_in_days=19,
            accepted_days_ago=24,
            updates=(
                Update(
                    6,
                    "It works on the test roster. We're checking it can't give anybody eleven "
                    "days in a row, because on Tuesday it did.",
                ),
            ),
        ),
        comments=(
            question(
                "And Leeds? We've a paper book by the kettle for this and the kettle keeps winning.",
                author="keith",
            ),
        ),
    ),
)
