"""Who took a headset at Harbour Broadband, what surprised them, and what they told everybody. Pure; all invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Surprise:
    """An answer to “What surprised you?”. becomes: "note", "idea" or "promise"; joins: the story that it repeats."""

    words: str
    becomes: str = "note"
    promise: str = ""
    due_in_days: int = 0
    joins: str = ""


@dataclass(frozen=True)
class Visit:
    """An executive at a site. hour: on the wall there. Without `surprises` the debrief is still to be written."""

    executive: str
    site: str
    queue: str
    days_ago: int
    hour: int
    minutes: int
    buddy: str
    channel: str = "calls"
    expected: str = ""
    surprises: tuple[Surprise, ...] = ()
    made_them: str = ""
    will_do: str = ""
    credit: bool = True
    stays: bool = True  # to the end


@dataclass(frozen=True)
class Window:
    """A slot of the coming days. takers: executives in the order in which they signed up; more than seats wait."""

    site: str
    queue: str
    in_days: int
    hour: int
    minutes: int
    buddy: str = ""
    channel: str = "calls"
    busy: str = "usual"
    seats: int = 1
    takers: tuple[str, ...] = ()
    stand_in: str = ""  # who looks for one
    cancelled: str = ""
    note: str = ""


PUBLISHERS = {"leeds": "kieran", "belfast": "siobhan", "manila": "marisol", "durban": "thandeka"}
VISITS = (
    Visit(
        "gordon", "durban", "Appointments", 43, 10, 60, "nokuthula",
        expected="Customers who want an earlier day.",
        surprises=(Surprise("Three callers had taken a day off for an engineer who had never been told to come."),),
        will_do="Ask for the list of visits without an engineer, each evening.", credit=False,
    ),
    Visit(
        "colm", "leeds", "Technical support", 33, 9, 60, "tasneem",
        expected="Routers, mostly.",
        surprises=(
            Surprise("Tasneem had to choose a code and a reason before she could go to the toilet. I build the systems "
                     "that ask for it.", "idea", joins="comfort-other"),
            Surprise("The article she needed was on page four of the search. She has it on a sticky note."),
        ),
        made_them="Read out a serial number that we can see ourselves.",
        will_do="Find out who reads the reason codes. I think nobody does.",
    ),
    Visit(
        "dev", "leeds", "Billing", 26, 14, 60, "joyce",
        expected="Arguments about late fees.",
        surprises=(
            Surprise("Half of the callers only wanted to know which month a line on the bill belongs to. The bill does "
                     "not say.", "promise", "Every line of the bill names its month.", 40),
        ),
        made_them="Wait for a letter to learn a number that was on our screen.",
        will_do="The month goes on the bill.",
    ),
    Visit(
        "thandeka", "durban", "Technical support", 23, 11, 30, "lindiwe",
        expected="A quiet half hour.",
        surprises=(Surprise("Lindiwe opens five windows before she says hello, and apologises for each."),),
        will_do="Sit down with her and the systems team.",
    ),
    Visit(
        "amara", "manila", "Order tracking", 19, 15, 60, "jun",
        expected="Where is my router?",
        surprises=(
            Surprise("It said dispatched on my screen and on the customer’s. It was on a shelf that neither of us can "
                     "see.", "idea"),
        ),
        will_do="Ask the warehouse what dispatched means to them.",
    ),
    Visit(
        "siobhan", "belfast", "Welcome desk", 16, 10, 60, "jackie",
        expected="New customers who are glad to be here.",
        surprises=(Surprise("We congratulate people on their first bill. They had phoned to ask why it is twice as "
                            "high."),),
        made_them="Listen to a greeting while they were upset.", will_do="Take the greeting off that line.",
    ),
    Visit("farah", "leeds", "Retentions", 14, 13, 60, "danny", stays=False),
    Visit(
        "priya", "belfast", "Network faults", 12, 9, 60, "orla",
        expected="People who shout.",
        surprises=(
            Surprise("Nobody shouted. They said sorry for bothering us, and then waited nineteen minutes to be told "
                     "what the map already shows.", "idea"),
            Surprise("Orla knew the street, the cabinet and the engineer. She may not say any of it."),
        ),
        made_them="Restart a router on a street without power.",
        will_do="Let Orla say what she knows. Until then at least say why not.",
    ),
    Visit(
        "ben", "durban", "Collections", 9, 10, 30, "yusuf",
        expected="A script.",
        surprises=(Surprise("The customer paid while we talked, and the page went on asking for the money.", "idea"),),
        will_do="Sit with whoever builds that page.",
    ),
    Visit("margaret", "leeds", "Billing", 1, 10, 60, "joyce"),
)  # fmt: skip
TOLD = (
    "What I heard in Belfast",
    "I took calls with Orla for an hour. I had expected people who shout. Nobody shouted: they said sorry for "
    "bothering us, and had waited nineteen minutes to be told what our own map shows. Orla knew the "
    "street, the cabinet and the engineer, and may not say any of it. That rule is mine, and it is wrong. I have put "
    "it down as an idea. If it is different where you are, tell me so.",
)
TOLD_BY = "priya"
ANSWERS = (("same_here", "Same in Leeds."), ("read", ""), ("same_here", ""), ("same_here", "Every evening."),
           ("not_what_i_see", "On chat we may say it."), ("read", ""))  # fmt: skip
# every Tuesday and Thursday, for eight weeks, two weeks of them past
PATTERN = Window("leeds", "Billing", -14, 10, 60, "joyce", seats=2)
WEEKS = 8
WINDOWS = (
    Window("durban", "Chat", 2, 11, 30, "lindiwe", "chat", "quiet"),
    Window("belfast", "Network faults", 3, 9, 60, "orla", busy="busy", takers=("gordon", "priya", "ben"),
           note="Bring your own headset if you have one."),
    Window("manila", "Night desk", 4, 23, 60, "aileen", busy="quiet", takers=("amara",), stand_in="amara"),
    Window("leeds", "Complaints", 5, 9, 480, "danny", seats=2, takers=("margaret",)),
    Window("durban", "Appointments", 6, 14, 30, "nokuthula", takers=("thandeka",)),
    Window("belfast", "Welcome desk", 7, 10, 60, "jackie", seats=2, takers=("siobhan", "farah")),
    Window("leeds", "Retentions", 8, 13, 60, "danny", takers=("dev",),
           cancelled="The price letter goes out that morning, and every seat is needed."),
    Window("manila", "Billing", 9, 15, 60, "liza"),
)  # fmt: skip
# a rotation: place, weeks of a turn, days since it began; what is carried is a story that gathers
ROTATIONS = (("leeds-billing", 4, 20), ("durban", 4, 12))
CARRIED = ("leeds-billing", "refund-screen", 3,
           "I counted: eleven of us lost a refund half way last week. Nobody says it twice.")  # fmt: skip
GIVEN = ("durban", "ask-twice", "Please take this one along.")
