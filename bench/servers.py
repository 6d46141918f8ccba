"""The web server as it is installed: on one machine alone, or for a large installation behind nginx."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench import machine
from bench.databases import Refused, environment, free_port
from config import ROOT

START_SECONDS_MAX = 90
NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    types {{ text/css css; }}
{locations}
}}
"""


@dataclass(frozen=True)
class Server:
    """A running web server: where it answers, and the processes in which the portal runs."""

    kind: str
    port: int
    pid: int

    @property
    def processes(self) -> list[int]:
        """Everything that the server has started, itself included; nginx is not among them."""
        return machine.family(self.pid)

    def cpu_seconds(self) -> float:
        """Processor time so far."""
        return machine.cpu_seconds(self.processes)

    def memory_mb(self) -> float:
        """What the largest of its processes holds in memory."""
        return max(machine.memory_mb(pid) for pid in self.processes)


@contextmanager
def running(kind: str, url: str, folder: Path, canned: Mapping[str, object] | None = None) -> Iterator[Server]:
    """A server of one kind on a database, until the block ends.

    canned: what `bench.limit` is to render without a database; None: the product as it is.
    """
    port = free_port()
    program = "bench.limit" if canned is not None else "wsgi"
    settings = environment(url, port) | {"BENCH_CANNED": json.dumps(canned or {})}
    start = {"one": _one, "large": _large}[kind]
    with start(program, port, settings, folder) as (pid, answers_at):
        _until_ready(answers_at, pid)
        yield Server(kind, answers_at, pid)


@contextmanager
def _one(program: str, port: int, settings: dict[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "flask", "--app", program, "serve"]
    with _process(command, settings, folder / "server.log") as pid:
        yield pid, port


@contextmanager
def _large(program: str, port: int, settings: dict[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    public = free_port()
    with _process(_unit_command(program, port), settings, folder / "server.log") as pid, _nginx(public, port, folder):
        yield pid, public


def _unit_command(program: str, port: int) -> list[str]:
    """What deploy/sayso-web-large.service starts, at another port."""
    granian = Path(sys.executable).parent / "granian"
    if not granian.exists():
        raise Refused("granian is missing: run scripts/environment.sh large, or choose --servers one.")
    unit = (ROOT / "deploy" / "sayso-web-large.service").read_text().replace("\\\n", " ")
    command = unit.partition("ExecStart=")[2].splitlines()[0].split()
    command[0], command[-1] = str(granian), f"{program}:app"
    command[command.index("--port") + 1] = str(port)
    return command


@contextmanager
def _nginx(public: int, port: int, folder: Path) -> Iterator[None]:
    """nginx as in deploy/nginx.conf, without https, at an address of this machine alone."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:{ROOT}/.tools/nginx/usr/sbin")
    if program is None:
        raise Refused("nginx is missing: run scripts/bench_tools.sh, or choose --servers one.")
    home = folder / "nginx"
    home.mkdir(exist_ok=True)
    (home / "nginx.conf").write_text(NGINX.format(folder=home, locations=_as_deployed(public, port)))
    with _process([program, "-c", str(home / "nginx.conf"), "-e", str(home / "nginx.log")], {}, home / "out.log"):
        yield


def _as_deployed(public: int, port: int) -> str:
    """The upstream and the server with https of deploy/nginx.conf, moved to a port of 127.0.0.1 without https."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    upstream = text[text.index("upstream sayso {") : text.index("server {")]
    served = text[text.rindex("server {") :]
    kept = [line for line in served.splitlines() if not line.strip().startswith(("listen", "ssl_", "http2"))]
    kept.insert(1, f"    listen 127.0.0.1:{public};")
    return (upstream + "\n".join(kept)).replace("127.0.0.1:8000", f"127.0.0.1:{port}")


@contextmanager
def _process(command: list[str], settings: dict[str, str], log: Path) -> Iterator[int]:
    """A process and what it says; asked to end with the block, killed if it does not."""
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=settings or None, stdout=said, stderr=said)
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_ready(port: int, pid: int) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until and Path(f"/proc/{pid}/stat").exists():
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise Refused(f"the server on port {port} did not become ready; its words are in the bench's folder, server.log.")
