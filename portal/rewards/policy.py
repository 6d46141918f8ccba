"""Who may see points in a wallet: everybody their own, nobody another's. Pure."""

from portal.people.policy import Rule, signed_in

MAY: dict[str, Rule] = {
    "wallet.see": signed_in,
    "statement.see": signed_in,
}
