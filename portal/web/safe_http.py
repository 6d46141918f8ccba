"""The one way out: every call that Sayso makes to another machine over HTTP goes through here.

A name is looked up once, all its numbers are judged, and the connection is made to a number that was judged: a name
that answers differently a moment later changes nothing. No redirect is followed, no proxy of the environment is
used, nothing is unpacked, and the whole call has one deadline.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal.web.safe_addresses import AddressRefusal, Target, may_connect, target_of

SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 64 * 1024
SENT_BYTES_MAX = 1024 * 1024
USER_AGENT = "Sayso"
Resolver = Callable[[str, int], list[str]]
Connector = Callable[[str, int, float], socket.socket]


class CallFailed(Exception):
    """Nobody answered as HTTP wants it. The words are for the log of the call, and hold nothing of the answer."""


@dataclass(frozen=True)
class Answer:
    """What came back. body: its beginning, at most `ANSWER_BYTES_MAX` bytes; ms: how long the call took."""

    status: int
    body: bytes
    ms: int


def resolve(host: str, port: int) -> list[str]:
    """Every number that a name stands for, in the order in which the machine would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(number: str, port: int, seconds: float) -> socket.socket:
    """A connection to a number; never to a name."""
    return socket.create_connection((number, port), timeout=seconds)


class SafeHttp:
    """A client that cannot be led inside.

    inside: origins (`http://10.0.0.5:8123`) that may be called although they are not public: the setting of whoever
    runs the machine, never something that a page can change. public: False calls nothing but those.
    resolver, connector, tls: for tests.
    """

    def __init__(
        self,
        *,
        inside: Collection[str] = (),
        public: bool = True,
        seconds: float = SECONDS_MAX,
        resolver: Resolver = resolve,
        connector: Connector = connect,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._inside, self._public, self._seconds = frozenset(inside), public, seconds
        self._resolver, self._connector, self._tls = resolver, connector, tls

    def check(self, url: str) -> Target:
        """The parts of an address that may be called, as far as its words tell. Raises Invalid."""
        target = target_of(url, inside=self._inside)
        if not (target.inside or self._public):
            raise AddressRefusal.NOT_CALLED.as_error()
        return target

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and read the beginning of the answer, whatever its status.

        Raises Invalid (`AddressRefusal`) for an address that must not be called, CallFailed where nobody answered.
        """
        if len(body) > SENT_BYTES_MAX:
            raise ValueError("too much to send")
        target, started = self.check(url), time.monotonic()
        call = _Call(target, self._numbers(target, started + self._seconds), started + self._seconds,
                     self._connector, self._tls)  # fmt: skip
        status, answer = call.post(body, headers)
        return Answer(status, answer, round((time.monotonic() - started) * 1000))

    def _numbers(self, target: Target, deadline: float) -> list[str]:
        """The judged numbers of a name. One that is not public spoils them all."""
        found = _looked_up(self._resolver, target, deadline)
        if not found:
            raise AddressRefusal.UNKNOWN.as_error()
        if not all(may_connect(number, inside=target.inside) for number in found):
            raise AddressRefusal.NOT_A_NAME.as_error()
        return found


def _looked_up(resolver: Resolver, target: Target, deadline: float) -> list[str]:
    """The machine's own lookup knows no deadline, so it runs beside, and is left alone when it takes too long."""
    found: list[str] = []

    def look() -> None:
        try:
            found.extend(resolver(target.host, target.port))
        except (OSError, UnicodeError):
            return  # no such name: nothing is found

    thread = threading.Thread(target=look, daemon=True, name="name lookup")
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if thread.is_alive():
        raise CallFailed("its name was not found in time")
    return found


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket that somebody else has opened."""

    def __init__(self, target: Target, link: socket.socket) -> None:
        super().__init__(target.host, target.port)
        self.sock = link
        self.auto_open = 0  # a connection that was lost is not made again


class _Call:
    """One call, to be made once."""

    def __init__(
        self,
        target: Target,
        numbers: list[str],
        deadline: float,
        connector: Connector,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._target, self._numbers, self._deadline = target, numbers, deadline
        self._connector, self._tls = connector, tls
        self._link: socket.socket | None = None
        self._over = threading.Event()

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Connect, send, read. A server that sends a byte now and then is cut off at the deadline like any other."""
        watch = threading.Timer(max(0.0, self._left()), self._cut_off)
        watch.daemon = True
        watch.start()
        try:
            return self._exchange(body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise CallFailed("no answer in time" if self._is_over() else _in_words(error)) from error
        finally:
            watch.cancel()
            if self._link is not None:
                self._link.close()

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self._link = self._connected()
        if self._target.scheme == "https":
            context = self._tls or _strict_tls()
            # Wrapped first, so that the deadline finds a handshake that never ends.
            self._link = link = context.wrap_socket(
                self._link, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            link.do_handshake()
        connection = _Connection(self._target, self._link)
        connection.putrequest("POST", self._target.path, skip_host=True, skip_accept_encoding=True)
        ours = {"Host": self._target.host_header, "User-Agent": USER_AGENT, "Accept-Encoding": "identity",
                "Content-Length": str(len(body)), "Connection": "close"}  # fmt: skip
        for name, value in (ours | dict(headers)).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        beginning = answer.read(ANSWER_BYTES_MAX)
        if self._is_over():
            raise TimeoutError
        return answer.status, beginning

    def _connected(self) -> socket.socket:
        """A connection to the first number that answers."""
        last: OSError = OSError("nobody answers")
        for number in self._numbers:
            if (left := self._left()) <= 0:
                raise TimeoutError
            try:
                return self._connector(number, self._target.port, left)
            except OSError as error:
                last = error
        raise last

    def _cut_off(self) -> None:
        self._over.set()
        if self._link is not None:
            try:
                # The plain socket's own method: TLS would first forget its state under the reader's hands.
                socket.socket.shutdown(self._link, socket.SHUT_RDWR)
            except OSError:
                return  # it was closed in the same moment

    def _is_over(self) -> bool:
        return self._over.is_set() or self._left() <= 0

    def _left(self) -> float:
        return self._deadline - time.monotonic()


def _strict_tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _in_words(error: Any) -> str:
    """What went wrong, without anything that the other side wrote."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as we do"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.HTTPException):
        return "it did not answer as HTTP wants it"
    return (error.strerror or "the connection was lost") if isinstance(error, OSError) else "the call failed"
