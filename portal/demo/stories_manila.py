"""What Manila says and nobody has answered yet. Pure."""

from portal.demo.shapes import Idea, Stop, build, question, workaround

MANILA = (
    Idea(
        "one-real-router",
        "idea",
        "training",
        "manila-technical",
        title="Please send us one real router",
        say=(
            "For two years I have guided customers through the lights at the back and I have never "
            "seen the back. Ma'am asked if the port is left of the yellow one or right, and I was "
            "looking at a drawing. One router for the whole floor only, po. We will share."
        ),
        days_ago=24,
        appeal=0.72,
        fate="gathering",
        author="aileen",
        comments=(
            build(
                "Durban too. We have one photo, laminated. The lights are all grey because the "
                "printer is black and white.",
                author="lindiwe",
            ),
            workaround(
                "My cousin in Birmingham held hers up to a video call for twenty minutes. I drew "
                "it. Everyone uses my drawing.",
                team="manila-night",
            ),
            question("Which three models do you get asked about most? I have a shelf of returns.", author="ruth"),
        ),
    ),
    Idea(
        "saturday",
        "stupid_rule",
        "quality_assurance",
        "manila-billing",
        title="We lose marks for how we say 'Saturday'",
        say=(
            "There is a line in the score sheet called neutral pronunciation. The customer understood "
            "me, I understood her, the bill was fixed. I lost two points on 'Saturday', because the "
            "scorer could hear where I am from."
        ),
        days_ago=20,
        appeal=0.7,
        fate="gathering",
        audience="employer",
        comments=(
            build("Replace it with 'was I understood?' and ask the customer, not the form.", team="durban-chat"),
        ),
    ),
    Idea(
        "last-shuttle",
        "stupid_rule",
        "scheduling",
        "manila-night",
        title="The last shuttle leaves before the last call ends",
        say=(
            "The shuttle is 6:10. My shift ends at six but calls come in until 5:59 and nobody can "
            "hang up on a customer. When I miss it I stand at the highway with my laptop bag under my "
            "jacket and wait for the jeepney."
        ),
        days_ago=12,
        appeal=0.78,
        fate="gathering",
        audience="site",
        comments=(
            build(
                "Stop new calls at 5:45 for whoever is on the shuttle list, and give that quarter "
                "hour to wrap-up. We have wrap-up to do anyway.",
                author="manila-night-leader",
            ),
        ),
    ),
    Idea(
        "quiet-hour",
        "stupid_rule",
        "technology",
        "manila-chat",
        title="The network restarts at 3 a.m. so as not to disturb anyone",
        say=(
            "3 a.m. in Manila is seven in the evening in Britain. I have four customers at that time, "
            "all of them looking at my three dots, and then nothing. When I am back they have a new "
            "colleague and a new problem, which is us."
        ),
        days_ago=8,
        appeal=0.62,
        fate="open",
        author="mark",
        comments=(
            question(
                "The calendar said 19:00 UTC 'off-peak'. Off whose peak? I'm asking the vendor today.",
                author="paolo",
            ),
        ),
    ),
    Idea(
        "same-beep",
        "stupid_rule",
        "technology",
        "manila-chat",
        title="Four chats at once and they all make the same beep",
        say=(
            "To know who is talking I have to open all four. Last week I sent a widow the steps to "
            "restart a router and sent a man with slow internet my deepest sympathy. I still think "
            "about her."
        ),
        days_ago=30,
        appeal=0.65,
        fate="gathering",
        comments=(
            workaround(
                "Drag each window to its own corner before you start. Top left is always the sad one.",
                team="belfast-chat",
            ),
            build(
                "A colour bar at the top of each window would be enough. Even the free chat programs have it.",
                team="durban-chat",
            ),
        ),
        stops=(
            Stop(
                "wrong_fix",
                "Four different beeps will send us mad. Two chats at once instead of four fixes "
                "the beep and the widow.",
                "durban-chat",
            ),
        ),
    ),
    Idea(
        "engineers-score",
        "stupid_rule",
        "measurements",
        "manila-billing",
        title="Whoever touched the account last gets the score",
        say=(
            "The engineer was late three times. Then I fixed the bill in four minutes and the survey "
            "asked 'how did we do?' She gave a 1 and the 1 is mine. I told my leader it is the "
            "engineer's 1. She said it cannot be moved."
        ),
        days_ago=49,
        appeal=0.67,
        fate="gathering",
        author="liza",
        comments=(
            build(
                "Ask one thing more: 'what was this score for?' with engineer, bill, advice, "
                "waiting. Then give it to whoever owns that.",
                team="leeds-complaints",
            ),
        ),
    ),
    Idea(
        "customer-pressed-two",
        "stupid_rule",
        "measurements",
        "manila-sales",
        title="When a customer presses the wrong button it counts as our transfer",
        say=(
            "They press 2 for sales because 2 answers fastest. It is a fault, so I send them to the "
            "right desk in ten seconds. That is my transfer. My scorecard says I am unwilling to "
            "help."
        ),
        days_ago=16,
        appeal=0.53,
        fate="open",
        comments=(
            workaround(
                "I ask 'is it new or is it broken?' before my own name. Four seconds, and it goes "
                "down as a misroute and not a transfer.",
                team="durban-retentions",
            ),
        ),
    ),
    Idea(
        "both-verified",
        "stupid_rule",
        "knowledge",
        "manila-orders",
        title="Two articles, the same stuck order, opposite advice, both 'verified'",
        say=(
            "One says an order stuck at stage four must wait ten days. The other says cancel and "
            "order again. So we choose the one this customer will hate less, and the next colleague "
            "chooses the other."
        ),
        days_ago=36,
        appeal=0.6,
        fate="open",
        author="jun",
        comments=(
            build(
                "Print the date and the name of who verified it. If it is somebody who left, that is your answer.",
                team="belfast-welcome",
            ),
        ),
    ),
    Idea(
        "nights-for-night-people",
        "idea",
        "hiring",
        "manila-night",
        title="Ask at the interview who actually wants nights",
        say=(
            "I asked for nights and they gave me days. My seatmate has a baby and they gave her "
            "nights. Nobody asked either of us, they filled the list from the top. We found each "
            "other in the canteen."
        ),
        days_ago=57,
        appeal=0.52,
        fate="open",
    ),
)
