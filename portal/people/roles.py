"""The words for roles and places. Pure."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do, granted on a node of the organisation tree and valid below it."""

    FRONTLINE = "frontline"
    TEAM_LEADER = "team_leader"
    OWNER = "owner"
    EXECUTIVE = "executive"
    PROGRAMME = "programme"
    ADMINISTRATOR = "administrator"
    FORECASTER = "forecaster"
    APPROVER = "approver"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return self.value.replace("_", " ").capitalize()


class CodePurpose(StrEnum):
    """What a one-time code opens. A code of one purpose never serves another."""

    FIRST_ADMINISTRATOR = "first_administrator"
    FIRST_SIGN_IN = "first_sign_in"
    RESET = "reset"


class PlaceKind(StrEnum):
    """The levels of the organisation tree, from the top."""

    ORGANISATION = "organisation"
    PARTNER = "partner"
    SITE = "site"
    TEAM = "team"


PARENTS: dict[PlaceKind, tuple[PlaceKind, ...]] = {
    PlaceKind.ORGANISATION: (),
    PlaceKind.PARTNER: (PlaceKind.ORGANISATION,),
    PlaceKind.SITE: (PlaceKind.ORGANISATION, PlaceKind.PARTNER),
    PlaceKind.TEAM: (PlaceKind.SITE,),
}
GROUP_MIN = 10  # people: no figure and no label about a smaller group
