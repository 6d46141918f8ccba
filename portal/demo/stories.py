"""Every story of the demo organisation, in one tuple. Pure."""

from portal.demo.shapes import Idea
from portal.demo.stories_belfast import BELFAST
from portal.demo.stories_declined import DECLINED
from portal.demo.stories_done import DELIVERED, MIXED
from portal.demo.stories_durban import DURBAN
from portal.demo.stories_killed import KILLED
from portal.demo.stories_leeds import LEEDS
from portal.demo.stories_manila import MANILA
from portal.demo.stories_promised import PROMISED_IN_HOUSE
from portal.demo.stories_promised_partner import PROMISED_TO_PARTNER
from portal.demo.stories_waiting import HIDDEN, PROMOTED, TAKEN_BACK
from portal.demo.stories_worked import WORKED

OPEN = LEEDS + BELFAST + MANILA + DURBAN
ANSWERED = DECLINED + PROMISED_IN_HOUSE + PROMISED_TO_PARTNER + DELIVERED + KILLED + WORKED + MIXED
IDEAS: tuple[Idea, ...] = OPEN + PROMOTED + ANSWERED + TAKEN_BACK + HIDDEN
