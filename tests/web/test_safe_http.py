"""The one way out: what it refuses to call, and what it does with servers that mean harm."""

import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.errors import Invalid
from portal.web.safe_addresses import may_connect, target_of
from portal.web.safe_http import ANSWER_BYTES_MAX, Answer, CallFailed, SafeHttp
from tests.tree import sources

# What people have tried on guards like this one. Nothing here may be called, whatever a name resolves to.
HOSTILE = [
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.000.000.001/", "https://0/",
    "https://0.0.0.0/", "https://localhost/", "https://localhost./", "https://LOCALHOST:443/", "https://a.localhost/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/",
    "https://100.64.0.1/", "https://100.100.100.200/", "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/", "https://192.0.0.192/", "https://198.18.0.1/", "https://192.0.2.1/",
    "https://203.0.113.9/", "https://224.0.0.1/", "https://239.255.255.255/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[ff02::1]/", "https://[2001:db8::1]/",
    "https://metadata.google.internal/", "https://printer.local/", "https://intranet/", "https://wiki.corp/",
    "https://user:pass@example.org/", "https://example.org@127.0.0.1/", "https://example.org\\@127.0.0.1/",
    "https://example.org#@127.0.0.1/", "https://example.org/#x", "https:///example.org/", "https:example.org",
    "//example.org/", "example.org", "", "https://", "https://example.org:22/", "https://example.org:6379/",
    "https://example.org:99999/", "https://example.org:0/", "https://example.org:+443/", "https://example.org:/",
    "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "data:,x",
    "javascript:alert(1)", "unix:///var/run/docker.sock", "https://ex ample.org/", "https://example.org/a b",
    "https://example.org/\r\nHost: x", "https://example.org/\x00", "https://exämple.org/", "https://１２７.0.0.1/",
    "https://127。0。0。1/", "https://%31%32%37.0.0.1/", "https://example.org%00.evil/", "https://-example.org/",
    "https://example..org/", "https://" + "a" * 64 + ".org/", "https://example.org/" + "a" * 500,
    " https://example.org/", "https://example.org/\n", "https://[::1", "https://::1/", "https://1.2.3.4.5/",
    "https://example.1/", "https://example.0x7f/",
]  # fmt: skip
FINE = [
    "https://example.org", "https://hooks.example.org/sayso?x=1&y=@z", "https://EXAMPLE.org:8443/a/b",
    "https://93.184.216.34/", "https://[2606:2800:220:1:248:1893:25c8:1946]/", "https://xn--exmple-cua.org/",
]  # fmt: skip
INSIDE = [
    "127.0.0.1", "10.1.2.3", "100.64.9.9", "169.254.169.254", "0.0.0.0", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::9", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::", "2001::1", "ff02::1", "nonsense",
    "",
]  # fmt: skip
CERTIFICATE = Path(__file__).parent / "hooks.example.test.pem"


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused_before_anything_is_looked_up(url: str) -> None:
    looked_up: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["93.184.216.34"]

    with pytest.raises(Invalid) as refused:
        SafeHttp(resolver=resolver).post(url, b"", {})

    assert refused.value.code.startswith(("address_", "not_an_address"))
    assert looked_up == []


@pytest.mark.parametrize("url", FINE)
def test_a_public_address_is_fine(url: str) -> None:
    assert target_of(url).scheme == "https"


@pytest.mark.parametrize("number", INSIDE)
def test_a_name_that_leads_inside_is_refused_even_if_its_other_numbers_are_public(number: str) -> None:
    client = SafeHttp(resolver=lambda host, port: ["93.184.216.34", number], connector=nobody)

    with pytest.raises(Invalid, match="address_not_public"):
        client.post("https://hooks.example.org/", b"", {})


def test_a_name_that_nobody_has_is_refused() -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(Invalid, match="address_unknown"):
        SafeHttp(resolver=resolver).post("https://hooks.example.org/", b"", {})


def test_a_name_that_answers_differently_a_moment_later_is_called_where_it_was_judged() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    called: list[str] = []

    def connector(number: str, port: int, seconds: float) -> socket.socket:
        called.append(number)
        raise ConnectionRefusedError

    with pytest.raises(CallFailed):
        SafeHttp(resolver=lambda host, port: next(answers), connector=connector).post("https://a.example.org/", b"", {})

    assert called == ["93.184.216.34"], "looked up once, and connected to what was judged"


def test_what_the_keeper_of_the_machine_has_opened_is_called_and_nothing_beside_it() -> None:
    with server(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, asked):
        opened = SafeHttp(inside=[f"http://127.0.0.1:{port}"])

        answer = opened.post(f"http://127.0.0.1:{port}/hook?x=1", b'{"a":1}', {"X-Mine": "yes"})

        for other in (f"https://127.0.0.1:{port}/", f"http://127.0.0.2:{port}/", "http://127.0.0.1/"):
            with pytest.raises(Invalid):
                opened.post(other, b"", {})
    assert (answer.status, answer.body) == (204, b"")
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?x=1 HTTP/1.1\r\n") and b"X-Mine: yes" in head and body == b'{"a":1}'


def test_a_demonstration_calls_nobody_outside() -> None:
    client = SafeHttp(public=False, resolver=lambda host, port: ["93.184.216.34"], connector=nobody)

    with pytest.raises(Invalid, match="address_not_called"):
        client.post("https://hooks.example.org/", b"", {})


def test_what_hands_out_credentials_stays_closed_even_where_it_was_opened() -> None:
    client = SafeHttp(inside=["http://hooks.inside:80"], resolver=lambda host, port: ["169.254.169.254"])

    with pytest.raises(Invalid, match="address_not_public"):
        client.post("http://hooks.inside/", b"", {})
    assert not may_connect("::ffff:169.254.169.254", inside=True) and may_connect("10.0.0.1", inside=True)


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as (port, asked):
        assert post(port).status == 302
        assert len(asked) == 1


def test_of_a_huge_answer_only_the_beginning_is_read() -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, times=400) as (port, _):
        assert len(post(port).body) == ANSWER_BYTES_MAX


def test_an_answer_that_says_it_is_packed_is_not_unpacked() -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    with server(packed) as (port, asked):
        assert post(port).body == b"\x1f\x8b\x08\x00"
        assert b"Accept-Encoding: identity" in asked[0]


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"])
def test_a_server_that_sends_a_byte_now_and_then_is_cut_off_at_the_deadline(start: bytes) -> None:
    with server(start, b"H", times=1000, pause=0.05) as (port, _):
        began = time.monotonic()
        with pytest.raises(CallFailed, match="no answer in time"):
            post(port, seconds=0.4)
        assert time.monotonic() - began < 1.5


def test_a_handshake_that_never_ends_is_cut_off_at_the_deadline() -> None:
    with server(b"\x16\x03\x03", b"\x00", times=1000, pause=0.05) as (port, _):
        client = SafeHttp(inside=[f"https://127.0.0.1:{port}"], seconds=0.4)
        with pytest.raises(CallFailed):
            client.post(f"https://127.0.0.1:{port}/", b"", {})


def test_a_name_that_takes_too_long_to_look_up_is_given_up() -> None:
    client = SafeHttp(resolver=lambda host, port: time.sleep(2) or [], seconds=0.2)  # type: ignore[func-returns-value]
    with pytest.raises(CallFailed, match="its name was not found in time"):
        client.post("https://hooks.example.org/", b"", {})


@pytest.mark.parametrize("nonsense", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/9.9 abc\r\n\r\n", b"\x00" * 70_000])
def test_what_is_no_http_is_a_failed_call(nonsense: bytes) -> None:
    with server(nonsense) as (port, _), pytest.raises(CallFailed):
        post(port)


def test_a_closed_port_is_a_failed_call() -> None:
    with pytest.raises(CallFailed, match="refused"):
        post(free_port())


def test_a_line_end_in_a_header_is_refused() -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as (port, _), pytest.raises(ValueError, match="Invalid header"):
        SafeHttp(inside=[f"http://127.0.0.1:{port}"]).post(f"http://127.0.0.1:{port}/", b"", {"X": "a\r\nY: b"})


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:1")
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as (port, _):
        assert post(port).status == 200


def test_over_tls_the_name_is_asked_for_and_its_certificate_is_checked() -> None:
    asked_names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.sni_callback = lambda link, name, _: asked_names.append(name)
    with server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", tls=context) as (port, asked):
        right, wrong = f"https://hooks.example.test:{port}", f"https://other.example.test:{port}"
        trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
        options = {"inside": [right, wrong], "resolver": lambda host, port: ["127.0.0.1"]}

        assert SafeHttp(**options, tls=trusting).post(f"{right}/", b"", {}).body == b"ok"
        for client, url in ((SafeHttp(**options, tls=trusting), wrong), (SafeHttp(**options), right)):
            with pytest.raises(CallFailed, match="its certificate is not good"):
                client.post(f"{url}/", b"secret", {})

    assert asked_names == ["hooks.example.test", "other.example.test", "hooks.example.test"]
    assert len(asked) == 1 and f"Host: hooks.example.test:{port}".encode() in asked[0]


def test_nothing_else_in_the_portal_calls_other_machines() -> None:
    clients = ("http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "telnetlib",
               "xmlrpc", "pycurl", "websockets", "asyncio")  # fmt: skip
    importing = {source.name for source in sources() for name in source.imports
                 if any(name == client or name.startswith(f"{client}.") for client in clients)}  # fmt: skip
    opens = re.compile(r"\b(create_connection|socket\.socket)\b")
    opening = {source.name for source in sources() if opens.search(source.path.read_text(encoding="utf-8"))}

    assert importing == {"portal/web/safe_http.py"}
    assert opening == {"portal/web/safe_http.py"}


def post(port: int, seconds: float = 5.0) -> Answer:
    origin = f"http://127.0.0.1:{port}"
    return SafeHttp(inside=[origin], seconds=seconds).post(f"{origin}/hook", b"{}", {})


def nobody(number: str, port: int, seconds: float) -> socket.socket:
    raise AssertionError(f"{number} was called")


@contextmanager
def server(
    first: bytes, more: bytes = b"", *, times: int = 0, pause: float = 0.0, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """A server on 127.0.0.1 that reads what comes at once, then sends `first`, and `more` again and again."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                link, _ = listening.accept()
            except OSError:
                return
            _ignoring(lambda link=link: _answer(link))

    def _answer(link: socket.socket) -> None:
        with tls.wrap_socket(link, server_side=True) if tls else link as talk:
            if not first.startswith(b"\x16"):
                asked.append(_request(talk))
            talk.sendall(first)
            for _ in range(times):
                if ended.wait(pause):
                    return
                talk.sendall(more)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], asked
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _request(talk: socket.socket) -> bytes:
    text = b""
    while b"\r\n\r\n" not in text:
        if not (part := talk.recv(65536)):
            return text
        text += part
    head, _, body = text.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += talk.recv(65536)
    return head + b"\r\n\r\n" + body


def _ignoring(act: Callable[[], None]) -> None:
    try:
        act()
    except OSError:
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
