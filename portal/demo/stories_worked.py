"""Changes to how the day runs, after which the numbers moved. Pure."""

from portal.demo.shapes import Delivery, Idea, Promise, Stop, Update, build, question, workaround

WORKED = (
    Idea(
        "breaks-that-wander",
        "stupid_rule",
        "scheduling",
        "durban-chat",
        title="Breaks move on the day and we find out when we stand up for one",
        say=(
            "When I left home my break was 11:20 and when I got here it was 12:05. I take tablets at "
            "half past eleven, with food. So now I eat between chats and hope it's not a day they're "
            "watching screens."
        ),
        days_ago=205,
        appeal=0.89,
        fate="confirmed",
        promoted_days_ago=194,
        promise=Promise(
            "kieran",
            "priya",
            "A break moves only if the person says yes, and never by more than ten minutes.",
            "agent_attrition",
            days_ago=186,
            due_in_days=-135,
            accepted_days_ago=185,
            updates=(
                Update(
                    160,
                    "We ran a week with fixed breaks. Waiting times went up by four seconds. I "
                    "had been told it would be a minute.",
                ),
            ),
        ),
        delivery=Delivery(
            140,
            ("manila", "durban"),
            "Fixed at both Brightline sites. The planners move the forecast about instead; it has no tablets to take.",
            was="Breaks may be moved at any time to protect service levels.",
            now="A break moves only with your yes, by ten minutes at most.",
            confirmed_days_ago=133,
            outcome="worked",
            confirm_note=(
                "Fewer people left, and in the first month alone four who had resigned asked to stay. "
                "Leeds and Belfast are next."
            ),
        ),
        comments=(
            build("Mark prayer times the same way. We are still asking as a favour.", team="durban-email"),
            question("When do Leeds get it? I'm not jealous, I'm just hungry.", team="leeds-sales"),
        ),
        stops=(
            Stop(
                "moves_pain",
                "If phones keep their breaks then chat gets the overflow. It always does.",
                "manila-chat",
                answer=(
                    "We capped chats at three during phone peaks and put the cap on the wall, so you "
                    "can see if we break it."
                ),
                answered_by="priya",
            ),
        ),
    ),
    Idea(
        "engineer-has-a-name",
        "idea",
        "processes",
        "belfast-faults",
        title="Tell people who's coming, and when he's one house away",
        say=(
            "I spend my mornings saying 'between eight and one' to people stood at a window. The van "
            "knows where it is. The engineer has a name. Sure my pizza tells me more than that."
        ),
        days_ago=140,
        appeal=0.87,
        fate="confirmed",
        promoted_days_ago=129,
        author="orla",
        promise=Promise(
            "ruth",
            "gordon",
            "Every customer with a visit gets the engineer's first name the evening before and a "
            "text when they're the next job.",
            "customer_effort",
            days_ago=121,
            due_in_days=-70,
            accepted_days_ago=120,
            updates=(
                Update(
                    98,
                    "The engineers asked for one change: no live map. 'One house away' is enough, "
                    "and they can stop for the toilet in peace.",
                ),
            ),
        ),
        delivery=Delivery(
            77,
            ("leeds", "belfast"),
            "Live for visits booked in Leeds and Belfast. Durban's booking screen is a different "
            "one and has a date of its own soon.",
            confirmed_days_ago=70,
            outcome="worked",
            confirm_note=("People say it got easier, and 'where is he?' calls have nearly stopped on visit days."),
        ),
        comments=(
            build(
                "Let them text back 'gate code' or 'mind the dog'. The dog's in none of our systems.",
                team="leeds-moves",
            ),
        ),
    ),
    Idea(
        "with-what-internet",
        "stupid_rule",
        "goals",
        "manila-technical",
        title="We must offer TV to people whose internet we just failed to fix",
        say=(
            "After each fault call there is a box called 'grow the relationship'. I have said sorry, "
            "I have booked the engineer for Thursday, and then I ask if she would like also the "
            "sports channels. 'With what internet?' she said."
        ),
        days_ago=198,
        appeal=0.9,
        fate="confirmed",
        promoted_days_ago=186,
        author="aileen",
        promise=Promise(
            "lorna",
            "amara",
            "No offers are made, scored or targeted while a fault or complaint is open on the account.",
            "churn_90d",
            days_ago=178,
            due_in_days=-125,
            accepted_days_ago=178,
            updates=(
                Update(
                    152,
                    "Sales were worried about 1,900 orders a year. Most of those were cancelled "
                    "by the same people within a month.",
                ),
            ),
        ),
        delivery=Delivery(
            133,
            ("leeds", "belfast", "manila"),
            "The box closes by itself when a fault is open. Durban's targets run to the end of "
            "the year and change then.",
            was="An offer must be made on every contact.",
            now="No offers while something is broken. Fix it first.",
            confirmed_days_ago=126,
            outcome="worked",
            confirm_note=(
                "We sold fewer channels and kept more customers. Finance has stopped asking for the box back."
            ),
        ),
        comments=(
            workaround(
                "I used to offer it in the same voice as the recording notice, so nobody would say yes.",
                team="belfast-technical",
            ),
        ),
        stops=(
            Stop(
                "moves_pain",
                "If tech can't sell it then the target lands on us in Sales. Take it off the total, not off the team.",
                "leeds-sales",
                answer=("The total came down by the same amount. You can check it on your own sheet for the quarter."),
                answered_by="amara",
            ),
        ),
    ),
)
