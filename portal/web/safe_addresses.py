"""Which addresses of the outside world may be called. Pure: nothing is looked up, nothing is opened.

Two judgements, both needed: of the address as it was typed, and of every number that its name stands for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from portal.errors import Invalid, Refusal

URL_CHARS_MAX = 500
PORTS = (443, 8443)
# Of what has neither user nor fragment, a host without per cent signs, and only printable ASCII.
PARTS = re.compile(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?((?:/[!-~]*)?(?:\?[!-~]*)?)")
NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
OURS = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".corp", ".home", ".home.arpa")

# Everything of IANA's special-purpose registry that is not the public internet, and what clouds answer on.
INSIDE_4 = tuple(map(IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
)))  # fmt: skip
PUBLIC_6 = IPv6Network("2000::/3")  # mapped, NAT64, unique local, link-local and multicast ones lie outside
INSIDE_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")))
# Refused even where the machine's keeper has opened an inside address: what answers there hands out credentials.
NEVER = (IPv4Network("169.254.0.0/16"), IPv4Network("168.63.129.16/32"), IPv4Network("100.100.100.200/32"),
         IPv4Network("0.0.0.0/8"), IPv4Network("224.0.0.0/4"), IPv4Network("240.0.0.0/4"), IPv6Network("fe80::/10"),
         IPv6Network("ff00::/8"), IPv6Network("fd00:ec2::254/128"), IPv6Network("::/128"))  # fmt: skip


class AddressRefusal(Refusal):
    """Why an address is not called."""

    TOO_LONG = "address_too_long", Invalid, f"An address has at most {URL_CHARS_MAX} characters.", "url"
    NOT_AN_ADDRESS = (
        "not_an_address", Invalid,
        "Give a plain address such as https://hooks.example.org/sayso: no user name, no #, no blanks.", "url",
    )  # fmt: skip
    NOT_HTTPS = "address_not_https", Invalid, "The address must begin with https://.", "url"
    PORT = "address_port", Invalid, f"Only the ports {PORTS[0]} and {PORTS[1]} are called.", "url"
    NOT_A_NAME = (
        "address_not_public", Invalid,
        "This address leads inside our own network. Whoever runs the machine can open it in OUTGOING_INSIDE.", "url",
    )  # fmt: skip
    NOT_CALLED = "address_not_called", Invalid, "In a demonstration only what OUTGOING_INSIDE opens is called.", "url"
    UNKNOWN = "address_unknown", Invalid, "No machine answers to this name.", "url"


@dataclass(frozen=True)
class Target:
    """An address that may be called as far as its words tell. inside: the machine's keeper has opened it."""

    scheme: str
    host: str  # in small letters, without brackets
    port: int
    path: str
    inside: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"

    @property
    def host_header(self) -> str:
        """What the receiver is addressed by."""
        usual = {"http": 80, "https": 443}[self.scheme]
        return _bracketed(self.host) if self.port == usual else f"{_bracketed(self.host)}:{self.port}"


def origin_of(url: str) -> str | None:
    """Scheme, host and port of an address, as the setting OUTGOING_INSIDE names them; None where it is none."""
    found = PARTS.fullmatch(url)
    return _target(found).origin if found and _port_fits(found) else None


def target_of(url: str, *, inside: Iterable[str] = ()) -> Target:
    """The parts of an address that may be called. inside: origins that the machine's keeper has opened.

    Raises Invalid, one code for each of the first five of `AddressRefusal`.
    """
    if len(url) > URL_CHARS_MAX:
        raise AddressRefusal.TOO_LONG.as_error()
    found = PARTS.fullmatch(url)
    if found is None or not _port_fits(found) or "\\" in url or "#" in url:
        raise AddressRefusal.NOT_AN_ADDRESS.as_error()
    target = _target(found)
    if target.origin in inside:
        return Target(target.scheme, target.host, target.port, target.path, inside=True)
    if target.scheme != "https":
        raise AddressRefusal.NOT_HTTPS.as_error()
    if target.port not in PORTS:
        raise AddressRefusal.PORT.as_error()
    if not _is_public_name(target.host):
        raise AddressRefusal.NOT_A_NAME.as_error()
    return target


def may_connect(number: str, *, inside: bool) -> bool:
    """True for the number of a machine on the public internet; with `inside`, for any but those of `NEVER`."""
    try:
        address = ip_address(number)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (plain := address.ipv4_mapped) and inside:
        address = plain
    if inside:
        return not any(address.version == net.version and address in net for net in NEVER)
    return is_public(address)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """True outside of every network that is somebody's own, reserved, or another way of writing such a one."""
    if isinstance(address, IPv4Address):
        return not any(address in net for net in INSIDE_4)
    if address.scope_id is not None:
        return False
    return address in PUBLIC_6 and not any(address in net for net in INSIDE_6)


def _target(found: "re.Match[str]") -> Target:
    scheme, host, port, path = found.groups()
    plain = host.lower().strip("[]")
    return Target(scheme, plain, int(port) if port else {"http": 80, "https": 443}[scheme], _path(path))


def _path(given: str) -> str:
    return given if given.startswith("/") else f"/{given}"


def _port_fits(found: "re.Match[str]") -> bool:
    return found[3] is None or 1 <= int(found[3]) <= 65535


def _is_public_name(host: str) -> bool:
    """A whole name of the public tree, or a number written in the one usual way."""
    if NAME.fullmatch(host) and not f".{host}".endswith(OURS):
        return True
    try:
        return is_public(ip_address(host))  # octal, hexadecimal and shortened numbers are no address to it
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
