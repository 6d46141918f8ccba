"""Who may do what with results. Which ideas somebody may read about is decided by the query. Pure."""

from portal.people.policy import Rule, signed_in

MAY: dict[str, Rule] = {
    "result.list": signed_in,
    "result.see": signed_in,
}
