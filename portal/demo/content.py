"""Harbour Broadband: a fictional firm, its partner, its four sites and the people the stories name. Pure.

Everybody here is invented. The rest of the headcount is drawn from `NAMES`; the stories are `IDEAS`,
the numbers `METRICS`.
"""

from portal.demo.measures import METRICS, WEEKS
from portal.demo.names import NAMES
from portal.demo.shapes import Partner, Person, Site, Team
from portal.demo.stories import IDEAS

__all__ = ["CAST", "IDEAS", "METRICS", "NAMES", "ORGANISATION", "PARTNERS", "SITES", "TEAMS", "WEEKS"]

ORGANISATION = ("harbour", "Harbour Broadband")
PARTNERS = (Partner("brightline", "Brightline"),)
SITES = (
    Site("leeds", "Leeds", "LDS", "harbour", "Europe/London", 11_800),
    Site("belfast", "Belfast", "BFS", "harbour", "Europe/London", 10_400),
    Site("manila", "Manila", "MNL", "brightline", "Asia/Manila", 13_100),
    Site("durban", "Durban", "DUR", "brightline", "Africa/Johannesburg", 9_600),
)
TEAMS = (
    Team("leeds-billing", "leeds", "Billing", 19),
    Team("leeds-retentions", "leeds", "Retentions", 18),
    Team("leeds-complaints", "leeds", "Complaints", 14),
    Team("leeds-sales", "leeds", "Sales", 18),
    Team("leeds-technical", "leeds", "Technical support", 20),
    Team("leeds-moves", "leeds", "Moves and changes", 15),
    Team("belfast-technical", "belfast", "Technical support", 20),
    Team("belfast-welcome", "belfast", "Welcome desk", 18),
    Team("belfast-billing", "belfast", "Billing", 17),
    Team("belfast-chat", "belfast", "Chat", 18),
    Team("belfast-faults", "belfast", "Network faults", 15),
    Team("belfast-care", "belfast", "Extra care", 8),
    Team("manila-billing", "manila", "Billing", 18),
    Team("manila-technical", "manila", "Technical support", 20),
    Team("manila-chat", "manila", "Chat", 19),
    Team("manila-sales", "manila", "Sales", 15),
    Team("manila-orders", "manila", "Order tracking", 16),
    Team("manila-night", "manila", "Night desk", 13),
    Team("durban-technical", "durban", "Technical support", 17),
    Team("durban-chat", "durban", "Chat", 17),
    Team("durban-collections", "durban", "Collections", 15),
    Team("durban-retentions", "durban", "Retentions", 15),
    Team("durban-appointments", "durban", "Appointments", 14),
    Team("durban-email", "durban", "Email and social", 10),
)

_EXECUTIVES = (
    Person("margaret", "Margaret Hollis", "Chief Executive", "harbour", ("executive",)),
    Person("priya", "Priya Shah", "Chief Operating Officer", "harbour", ("executive",)),
    Person("amara", "Amara Nwosu", "Director of Onboarding", "harbour", ("executive", "owner")),
    Person("dev", "Dev Patel", "Director of Billing and Finance", "harbour", ("executive", "approver")),
    Person("ben", "Ben Ward", "Director of Digital", "harbour", ("executive", "owner")),
    Person("colm", "Colm McAteer", "Director of Technology", "harbour", ("executive",)),
    Person("farah", "Farah Aziz", "Director of People", "harbour", ("executive", "owner")),
    Person("gordon", "Gordon Leckie", "Director of Network and Field", "harbour", ("executive",)),
    Person("siobhan", "Siobhan Kerr", "Director of Belfast Operations", "belfast", ("executive",)),
    Person("joaquin", "Joaquin Salcedo", "Client Director", "brightline", ("executive",)),
    Person("marisol", "Marisol Ocampo", "Site Director, Manila", "manila", ("executive", "owner")),
    Person("thandeka", "Thandeka Zulu", "Site Director, Durban", "durban", ("executive", "owner")),
)
_OWNERS = (
    Person("ruth", "Ruth Adeyemi", "Head of Field Equipment", "harbour", ("owner",)),
    Person("tom", "Tom Okafor", "Head of Telephony and Chat", "harbour", ("owner",)),
    Person("rory", "Rory Gillespie", "Head of Customer Systems", "belfast", ("owner",)),
    Person("asha", "Asha Menon", "Head of Billing Policy", "leeds", ("owner",)),
    Person("kieran", "Kieran Doyle", "Head of Workforce Planning", "leeds", ("owner", "forecaster")),
    Person("lorna", "Lorna Petrie", "Head of Quality", "leeds", ("owner",)),
    Person("nomsa", "Nomsa Khumalo", "Head of Training and Knowledge", "durban", ("owner",)),
    Person("sunita", "Sunita Rao", "Data Protection Officer", "harbour", ("owner", "auditor")),
)
_PROGRAMME = (
    Person("hannah", "Hannah Birch", "Frontline Programme Lead", "harbour", ("programme", "approver")),
    Person("stuart", "Stuart Bell", "Systems Administrator", "harbour", ("administrator",)),
    Person("paolo", "Paolo Villar", "Systems Administrator", "brightline", ("administrator",)),
)
_LEADERS = tuple(
    Person(f"{team}-leader", name, "Team Leader", team, ("team_leader",))
    for team, name in (
        ("leeds-billing", "Maureen Sykes"),
        ("leeds-retentions", "Imran Qureshi"),
        ("leeds-complaints", "Judith Hargreaves"),
        ("leeds-sales", "Craig Illingworth"),
        ("leeds-technical", "Donna Firth"),
        ("leeds-moves", "Pawel Nowicki"),
        ("belfast-technical", "Eamon Devlin"),
        ("belfast-welcome", "Grainne McKeown"),
        ("belfast-billing", "Alison Gilmore"),
        ("belfast-chat", "Paddy Rafferty"),
        ("belfast-faults", "Roisin Heaney"),
        ("belfast-care", "Jean Mawhinney"),
        ("manila-billing", "Rowena Castillo"),
        ("manila-technical", "Arnel Bautista"),
        ("manila-chat", "Cherry Dimaculangan"),
        ("manila-sales", "Noel Evangelista"),
        ("manila-orders", "Maricel Tolentino"),
        ("manila-night", "Edgar Manalo"),
        ("durban-technical", "Sibusiso Mthembu"),
        ("durban-chat", "Kavitha Govender"),
        ("durban-collections", "Zanele Cele"),
        ("durban-retentions", "Ashwin Moodley"),
        ("durban-appointments", "Charmaine Pillay"),
        ("durban-email", "Bongani Ngcobo"),
    )
)
_FRONTLINE = tuple(
    Person(key, name, "Customer Adviser", team, ("frontline",))
    for key, name, team in (
        ("sam", "Sam Mallory", "leeds-billing"),
        ("joyce", "Joyce Mbeki", "leeds-billing"),
        ("danny", "Danny Holt", "leeds-retentions"),
        ("tasneem", "Tasneem Akhtar", "leeds-technical"),
        ("keith", "Keith Ramsbottom", "leeds-moves"),
        ("orla", "Orla Donnelly", "belfast-faults"),
        ("declan", "Declan Mulholland", "belfast-billing"),
        ("jackie", "Jackie Boal", "belfast-welcome"),
        ("aileen", "Aileen Villanueva", "manila-technical"),
        ("mark", "Mark Reyes", "manila-chat"),
        ("jun", "Jun Pascual", "manila-orders"),
        ("liza", "Liza Magsino", "manila-billing"),
        ("lindiwe", "Lindiwe Dube", "durban-technical"),
        ("yusuf", "Yusuf Essop", "durban-collections"),
        ("nokuthula", "Nokuthula Shezi", "durban-appointments"),
    )
)
CAST = _EXECUTIVES + _OWNERS + _PROGRAMME + _LEADERS + _FRONTLINE
