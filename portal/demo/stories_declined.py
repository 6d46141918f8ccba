"""What got a no, with its reason and what would change it. Pure."""

from portal.demo.shapes import Decline, Idea, Stop, build, question

DECLINED = (
    Idea(
        "the-contract-summary",
        "stupid_rule",
        "procedures",
        "leeds-sales",
        title="Let us skip the contract summary for people who have it in front of them",
        say=(
            "It's three minutes forty and they've got the paper in their hand. I can hear them making "
            "tea. In two years nobody has stopped me with a question, but plenty have put the phone "
            "down on the counter and left me reading to the kettle."
        ),
        days_ago=76,
        appeal=0.8,
        fate="declined",
        promoted_days_ago=62,
        decline=Decline(
            "law_or_safety",
            "We can't drop it. The regulator's rules say people must be given the summary before "
            "they are bound, and a sale without it can be undone by anyone at any time, with your "
            "name on the call.",
            "A summary sent by text while you talk, with the customer's yes recorded on screen. "
            "Sunita Rao is asking the regulator whether a link counts, and will post the reply "
            "here.",
            by="amara",
            days_ago=55,
        ),
        comments=(
            build(
                "Most of the 3:40 is our own padding. I read the rule and the part we must say is under a minute.",
                team="manila-sales",
            ),
        ),
    ),
    Idea(
        "one-hour-slots",
        "idea",
        "scheduling",
        "durban-appointments",
        title="One-hour engineer slots instead of 'between eight and one'",
        say=(
            "People take a day off work, unpaid, to let us in. Then he comes at ten to one and says "
            "he was round the corner since nine. Nobody books a haircut like this."
        ),
        days_ago=98,
        appeal=0.81,
        fate="declined",
        promoted_days_ago=83,
        decline=Decline(
            "costs_more_than_it_saves",
            "We costed it with Field: one-hour slots need a third more vans for the same visits, "
            "about £2.1 million a year, and it would end up on the bills of the people waiting "
            "in.",
            "If missed visits fall below 4 in 100, the vans that frees would pay for two-hour "
            "slots. They are at 7 today, and we post the figure here every quarter.",
            by="gordon",
            days_ago=74,
        ),
        comments=(
            question(
                "Fair enough. Could we at least offer 'first job of the day' to people who'd lose a shift?",
                author="nokuthula",
            ),
        ),
    ),
    Idea(
        "yesterdays-order-screen",
        "stupid_rule",
        "systems",
        "manila-orders",
        title="The customer's app is live and our order screen is yesterday",
        say=(
            "He says 'it says out for delivery on my phone'. Mine says it is still in the warehouse. "
            "So now I am arguing with a man about his own parcel, and he can see the van."
        ),
        days_ago=69,
        appeal=0.78,
        fate="declined",
        promoted_days_ago=58,
        author="jun",
        decline=Decline(
            "already_being_done",
            "This is already being built: the order screen moves to the same live feed as the "
            "app, Manila Order tracking first. A second promise would only blur who owes you the "
            "first one.",
            "Nothing needs to. If the pilot isn't on your desk in six weeks, ask again here and "
            "it lands back with me the same day.",
            by="colm",
            days_ago=50,
        ),
    ),
    Idea(
        "staying-calm",
        "idea",
        "training",
        "leeds-billing",
        title="A half-day on staying calm with people who were charged twice",
        say=(
            "My team are getting shredded over the double direct debits. Could we have a refresher on "
            "handling anger, so that at least we're gentle about it?"
        ),
        days_ago=58,
        appeal=0.76,
        fate="declined",
        promoted_days_ago=47,
        author="leeds-billing-leader",
        decline=Decline(
            "trains_around_the_problem",
            "You're asking for thicker skin because we keep hitting you. A course would train "
            "around the problem: the double debits come out of one overnight job, and Dev Patel's "
            "team is rewriting it now.",
            "If the double debits are gone and the calls are still this raw, we book the half-day "
            "and I will sit in it with you.",
            by="priya",
            days_ago=40,
        ),
        comments=(
            build(
                "Until the job's fixed, tell us each morning who was hit. I'd sooner ring them first than be rung.",
                author="joyce",
            ),
        ),
    ),
    Idea(
        "not-a-spy",
        "idea",
        "hiring",
        "belfast-chat",
        title="Stop calling us agents",
        say=(
            "Agents sell houses or carry poison pens. I sort people's internet and, three times a "
            "week, their evening. If the advert said that, you'd get different people applying."
        ),
        days_ago=88,
        appeal=0.79,
        fate="declined",
        promoted_days_ago=70,
        decline=Decline(
            "not_now",
            "Not before the new pay grades are signed. Titles are written into the old ones, and "
            "changing both separately would leave some of you a grade short for a quarter.",
            "The grades. Once they are signed off we put the name to a vote of everybody who "
            "would carry it, Brightline included.",
            by="farah",
            days_ago=63,
            until_in_days=75,
        ),
        comments=(build("Manila's vote: 'the person who picked up'.", team="manila-chat"),),
        stops=(
            Stop(
                "wrong_fix",
                "A new badge on the same job. Change what we may decide and I'll answer to anything.",
                "durban-collections",
            ),
        ),
    ),
    Idea(
        "post-it-and-trust",
        "idea",
        "policies",
        "durban-technical",
        title="Post the new router today and trust them with the old one",
        say=(
            "Each day they wait they phone us once. Five phone calls cost more than one old router, I "
            "did the sum on the back of my payslip."
        ),
        days_ago=15,
        appeal=0.8,
        fate="declined",
        promoted_days_ago=9,
        decline=Decline(
            "duplicate",
            "Belfast said this eight days before you, as 'No replacement router until the dead "
            "one has come home', and Priya Shah owes that one an answer. Your support counts "
            "there now.",
            "If Durban's case is different, say how on that idea. Your sum on the payslip is "
            "already attached to it, because it is the best argument we have.",
            by="gordon",
            days_ago=6,
            of="router-first",
        ),
    ),
)
