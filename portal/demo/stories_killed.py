"""Rules that were killed, after which the numbers moved. Pure."""

from portal.demo.shapes import Delivery, Idea, Promise, Stop, Update, build, question, workaround

KILLED = (
    Idea(
        "details-travel",
        "stupid_rule",
        "systems",
        "leeds-billing",
        title="Every transfer begins with 'and who am I speaking to?'",
        say=(
            "They've keyed it into the phone, said it to the robot and said it to me. I pass them two "
            "desks along and the first thing they hear is 'could I take your details'. I've started "
            "apologising for the next person before I put them through."
        ),
        days_ago=231,
        appeal=0.9,
        fate="confirmed",
        promoted_days_ago=217,
        author="sam",
        promise=Promise(
            "tom",
            "priya",
            "When a call is passed on, who it is and what it's about arrive with it.",
            "repeat_contacts_7d",
            days_ago=209,
            due_in_days=-161,
            accepted_days_ago=208,
            updates=(
                Update(
                    186,
                    "Working in the test room between Billing and Retentions. Forty transfers, no questions.",
                ),
            ),
        ),
        delivery=Delivery(
            168,
            ("leeds", "belfast"),
            "The change took an afternoon. The two years before that are on me.",
            was="Confirm full account details at the start of every contact, transferred contacts included.",
            now="Details and reason travel with the transfer. Ask the security question only if nobody has.",
            confirmed_days_ago=161,
            outcome="worked",
            confirm_note=(
                "I sat in both rooms and heard it. Manila and Durban are on the old switch until "
                "spring, and I know how that looks from there."
            ),
        ),
        comments=(
            build(
                "Send the reason too. That's the second thing they have to say again.",
                team="leeds-retentions",
            ),
            workaround("I stay on for the handover and say it for them. Adds twelve seconds.", author="mark"),
        ),
        stops=(
            Stop(
                "unlawful",
                "Does moving details about without asking break the verification rules?",
                "belfast-technical",
                answer=(
                    "Only the reference and the reason travel. The security question stays with "
                    "whoever acts on the account."
                ),
                answered_by="sunita",
            ),
        ),
    ),
    Idea(
        "yeah-course",
        "stupid_rule",
        "management",
        "leeds-technical",
        title="A supervisor has to agree before we may say sorry with a tenner",
        say=(
            "The engineer didn't turn up, it's there on my screen in red. I put her on hold, find a "
            "supervisor, wait behind two others, and he says 'yeah, course'. He has said 'yeah, "
            "course' every single time for four years."
        ),
        days_ago=190,
        appeal=0.89,
        fate="confirmed",
        promoted_days_ago=176,
        author="tasneem",
        promise=Promise(
            "asha",
            "dev",
            "Where the fault is ours, whoever takes the call can credit up to £25 without asking anyone.",
            "transfers",
            days_ago=168,
            due_in_days=-110,
            accepted_days_ago=167,
            updates=(
                Update(
                    141,
                    "We looked at a year of requests: 98 in every hundred were approved. The "
                    "other two were typing mistakes.",
                ),
            ),
        ),
        delivery=Delivery(
            120,
            ("leeds", "belfast", "manila"),
            "Live at three sites. Average credit so far £11.40, less than the supervisors used to give.",
            was="Any goodwill credit needs a supervisor's approval before it is offered.",
            now="Our fault, up to £25: you decide. Write one line saying why.",
            confirmed_days_ago=112,
            outcome="worked",
            confirm_note=(
                "Fewer people put on hold to hear 'yeah, course', and it costs us less. Durban gets "
                "it when the Brightline contract is amended; Joaquin has the paper on his desk."
            ),
        ),
        comments=(
            question(
                "What stops somebody giving £25 to everyone? Asking as a person who would like to.",
                author="danny",
            ),
            build(
                "Show me my own average next to the team's. That's all the supervising it needs.",
                team="belfast-billing",
            ),
        ),
        stops=(
            Stop(
                "tried",
                "We had £10 in 2019 and it was taken away after one bad month.",
                "leeds-complaints",
                answer=("One person, one month, and everybody paid for it. This time we talk to the one person."),
                answered_by="dev",
                kept=True,
            ),
        ),
    ),
    Idea(
        "name-three-times",
        "stupid_rule",
        "quality_assurance",
        "manila-chat",
        title="The score sheet wants the customer's name three times, and they notice",
        say=(
            "First time is polite, second is okay. At the third he said 'why do you keep saying my "
            "name like that?' and he is right. It is how people talk when they are selling you a "
            "watch. But the form has three boxes."
        ),
        days_ago=147,
        appeal=0.88,
        fate="confirmed",
        promoted_days_ago=134,
        author="mark",
        promise=Promise(
            "lorna",
            "priya",
            "The name boxes leave the score sheet, and their points go to whether the customer left with an answer.",
            "csat",
            days_ago=125,
            due_in_days=-88,
            accepted_days_ago=125,
        ),
        delivery=Delivery(
            91,
            ("leeds", "manila"),
            "Gone from two score sheets. Belfast's and Durban's are printed on the back of something else "
            "and come off with the next print.",
            was="Uses the customer's name at least three times (3 points).",
            now="The customer left with an answer, or knew when they'd get one (3 points).",
            confirmed_days_ago=84,
            outcome="worked",
            confirm_note=("Two of my scorers asked who wrote the old line. It was me, in 2014. I'm glad it's gone."),
        ),
        comments=(
            build(
                "While you're in there: 'smile in the voice'. I have been told mine is a smirk.",
                team="belfast-chat",
            ),
        ),
    ),
    Idea(
        "original-certificate",
        "stupid_rule",
        "policies",
        "leeds-moves",
        title="We ask grieving people to post the original death certificate",
        say=(
            "The original, recorded delivery, to a PO box. They're twelve pounds each and folk buy "
            "four because everybody asks. A lad of nineteen asked if we'd be careful with it. I said "
            "yes. I've no idea, it's a PO box."
        ),
        days_ago=212,
        appeal=0.92,
        fate="confirmed",
        promoted_days_ago=204,
        author="keith",
        promise=Promise(
            "asha",
            "margaret",
            "A photo of the certificate is enough, and no bill, letter or call goes out while we wait for it.",
            "complaints",
            days_ago=201,
            due_in_days=-157,
            accepted_days_ago=200,
            updates=(
                Update(
                    178,
                    "Legal asked what the original was ever for. Nobody could say. The PO box had "
                    "not been opened for nine days.",
                ),
                Update(
                    158,
                    "This will be a week late. The rule is ready; the letters that go back with "
                    "people's certificates aren't, and I won't send those on a template.",
                ),
            ),
        ),
        delivery=Delivery(
            150,
            ("leeds", "belfast"),
            "Live where bereavement calls are taken. The certificates we still held have all gone "
            "back, with a letter we wrote ourselves.",
            was="Original certificate by recorded delivery before the account is closed or moved.",
            now="A photo is enough. Everything stops the day they tell us.",
            confirmed_days_ago=144,
            outcome="worked",
            confirm_note=("I read the first forty calls. In most of them nobody had to ask us for anything twice."),
        ),
        comments=(
            build(
                "Give them one person's name. My dad's bank did, and it's the only one I remember kindly.",
                team="belfast-care",
            ),
            build(
                "And take the dead person's first name off the 'we miss you' mailing. That went out to my neighbour.",
                team="leeds-retentions",
            ),
        ),
    ),
)
