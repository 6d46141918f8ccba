"""What waits for the sponsor's word, and changes that did nothing, did harm or are too new to tell. Pure."""

from portal.demo.shapes import Delivery, Idea, Promise, Stop, Update, build, question, workaround

DELIVERED = (
    Idea(
        "hand-up-like-in-school",
        "stupid_rule",
        "training",
        "durban-chat",
        title="New people may not reset a customer's password for ninety days",
        say=(
            "For three months I wasn't trusted to reset a password, so I'd put my hand up like in "
            "school and wait for somebody who was. Eleven minutes on average. I timed it, there was "
            "nothing else to do."
        ),
        days_ago=71,
        appeal=0.84,
        fate="done",
        promoted_days_ago=60,
        promise=Promise(
            "rory",
            "priya",
            "Whoever has passed the security module can reset a password from their first day on the floor.",
            "first_contact_resolution",
            days_ago=51,
            due_in_days=-4,
            accepted_days_ago=50,
            updates=(
                Update(
                    28,
                    "Ninety days turned out to be the length of a probation, copied into a security setting.",
                ),
            ),
        ),
        delivery=Delivery(
            9,
            ("manila", "durban"),
            "On at Manila and Durban since last week. Leeds and Belfast need a change in the old "
            "directory and follow in a month.",
            was="Password resets: staff with 90 days' service.",
            now="Password resets: staff who have passed the security module.",
        ),
        comments=(
            build(
                "Put the module in week one, or it's the same ninety days with a quiz in it.",
                team="manila-technical",
            ),
        ),
    ),
    Idea(
        "phone-under-the-desk",
        "stupid_rule",
        "knowledge",
        "belfast-faults",
        title="The outage map customers see is better than ours",
        say=(
            "The public website says 'we know, engineers are in your street'. My screen says no known "
            "faults. I keep the website open on my own phone under the desk, which is a sacking."
        ),
        days_ago=63,
        appeal=0.86,
        fate="done",
        author="orla",
        promoted_days_ago=54,
        promise=Promise(
            "tom",
            "gordon",
            "Everyone who takes contacts sees the public outage map, and it opens on the caller's street.",
            "repeat_contacts_7d",
            days_ago=48,
            due_in_days=3,
            accepted_days_ago=47,
        ),
        delivery=Delivery(
            5,
            ("leeds", "belfast"),
            "Live in Leeds and Belfast, eight days ahead of the date. Brightline's network blocks "
            "the map's address, which is one form and I have sent it.",
        ),
        comments=(workaround("We ask them to read us the website. They think it's a test.", team="manila-technical"),),
    ),
)
MIXED = (
    Idea(
        "search-in-plain-words",
        "idea",
        "knowledge",
        "belfast-technical",
        title="Teach the knowledge search how people really talk",
        say=(
            "Type 'internet slow upstairs' and you get 640 results, the first one a press release. "
            "Customers don't say 'degraded wireless throughput'. My granny says the wifi's away."
        ),
        days_ago=184,
        appeal=0.86,
        fate="confirmed",
        promoted_days_ago=171,
        promise=Promise(
            "nomsa",
            "amara",
            "Search understands everyday words, and the right article is in the first three results nine times in ten.",
            "first_contact_resolution",
            days_ago=163,
            due_in_days=-117,
            accepted_days_ago=162,
            updates=(
                Update(
                    131,
                    "You sent 412 real phrases. 'The wifi's away' was number one in Belfast, 'it "
                    "is only loading, loading' in Manila.",
                ),
                Update(
                    119,
                    "I'll miss the date by about a week. It found 'wifi' and lost 'Wi-Fi'.",
                ),
            ),
        ),
        delivery=Delivery(
            110,
            ("leeds", "belfast", "manila", "durban"),
            "Live everywhere. In our own test the right article is in the first three 93 times in a hundred.",
            confirmed_days_ago=25,
            outcome="no_change",
            confirm_note=(
                "We built it and nothing moved in 12 weeks. You find the article faster now, and the "
                "article is still wrong. We fixed the smaller problem and the larger one is next. "
                "Thank you for making us look."
            ),
        ),
        comments=(
            question(
                "Who keeps the articles right? I've reported the same wrong one since May, under "
                "three different searches.",
                team="manila-orders",
            ),
            build("A 'this is wrong' button that goes to a person with a name.", team="durban-technical"),
        ),
    ),
    Idea(
        "seven-option-menu",
        "stupid_rule",
        "technology",
        "durban-retentions",
        title="Seven menu options, and two of them are the same one",
        say=(
            "By the time they reach me they have listened to all seven, and 4 and 6 are both Billing. "
            "One gogo had written them out while it played, like exam questions. She asked me which "
            "one she had got wrong."
        ),
        days_ago=152,
        appeal=0.85,
        fate="confirmed",
        promoted_days_ago=139,
        promise=Promise(
            "tom",
            "priya",
            "The phone menu goes from seven options to two: something is broken, or something else.",
            "transfers",
            days_ago=131,
            due_in_days=-95,
            accepted_days_ago=130,
        ),
        delivery=Delivery(
            96,
            ("durban",),
            "Two options, live on Durban's lines first so that we can see what it does before anyone else gets it.",
            was="Seven options, read in full before a choice is taken.",
            now="Two options. Taken out again after eight weeks; back to six, without the double.",
            taken_out_days_ago=40,
            confirmed_days_ago=38,
            outcome="worse",
            confirm_note=(
                "It made things worse. One caller in eight landed at the wrong desk, so about three "
                "more in every hundred were passed on. You were right about the problem and our fix "
                "was wrong. The gogo may choose from six, and 4 and 6 are different now."
            ),
        ),
        comments=(
            build(
                "Say what they'll need *before* they choose: 'have your last bill by you'. That's "
                "what they go and fetch while we wait.",
                team="durban-retentions",
            ),
            workaround(
                "Tell them option 7, then say 'adviser'. It's not listed and it works.",
                team="leeds-retentions",
            ),
        ),
        stops=(
            Stop(
                "wrong_fix",
                "Two options means everyone presses the first. Kill the double and leave the rest alone.",
                "manila-sales",
            ),
        ),
    ),
    Idea(
        "comfort-other",
        "stupid_rule",
        "measurements",
        "leeds-sales",
        title="We need a code and a reason to go to the toilet",
        say=(
            "There's a drop-down. Comfort planned, comfort unplanned, comfort other, and 'other' "
            "wants a note. I'm fifty-three. I put 'weather'."
        ),
        days_ago=79,
        appeal=0.91,
        fate="confirmed",
        promoted_days_ago=72,
        promise=Promise(
            "kieran",
            "farah",
            "One code, 'away', with no reason asked, and it is shown on nobody's board.",
            "agent_attrition",
            days_ago=66,
            due_in_days=-20,
            accepted_days_ago=66,
            updates=(
                Update(
                    49,
                    "I read a year of the notes. I'd like to say sorry, in particular for 'comfort, disputed'.",
                ),
            ),
        ),
        delivery=Delivery(
            24,
            ("leeds", "belfast"),
            "Live in Leeds and Belfast, and the old notes are deleted. Manila and Durban use "
            "another phone system; it is in their next update.",
            was="Unavailable time is coded by type. 'Comfort, other' requires a note.",
            now="One code: away. No reason, no note, on no wallboard.",
            confirmed_days_ago=18,
            outcome="too_early",
            confirm_note=(
                "It's too early to see anything in who leaves, and we won't pretend otherwise. Some "
                "things you stop because they're embarrassing."
            ),
        ),
        comments=(build("Can we keep the 'weather' note framed by the lift?", team="leeds-billing"),),
    ),
)
