"""Who may do what with notices: everybody with their own, and nobody with anybody else's. Pure."""

from portal.people.policy import Rule, signed_in

MAY: dict[str, Rule] = {
    "updates.see": signed_in,
    "updates.read": signed_in,
    "updates.mute": signed_in,
    "preferences.see": signed_in,
    "preferences.choose": signed_in,
}
