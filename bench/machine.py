"""What is measured on, and what a process has used so far: read from /proc."""

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
QUIET_LOAD = 1.0


def facts(folder: Path) -> dict[str, Any]:
    """Cores, memory, versions, and how busy the machine was before anything was started."""
    load = os.getloadavg()[0]
    return {
        "cores": os.cpu_count(),
        "processor": _first("/proc/cpuinfo", "model name"),
        "memory_gb": round(int(_first("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "commit": _commit(),
        "data_on": f"{folder} ({_file_system(folder)})",
        "load_before": round(load, 2),
        "quiet": load <= QUIET_LOAD,
    }


def family(pid: int) -> list[int]:
    """A process and everything it has started, the oldest first."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Processor time of these processes, theirs and the kernel's on their behalf."""
    return sum(sum(map(int, _stat(pid)[11:13])) for pid in pids) / TICKS


def memory_mb(pid: int) -> float:
    """What a process holds in memory (RSS)."""
    return int(_first(f"/proc/{pid}/status", "VmRSS").split()[0]) / 1024


def _stat(pid: int) -> list[str]:
    # The second field is the program's name, which may hold blanks and brackets.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _first(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "0"


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    done = subprocess.run([git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _file_system(folder: Path) -> str:
    from portal.home.machine import file_system

    return file_system(folder.resolve())
