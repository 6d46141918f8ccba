"""What the machine says about the place where our files lie."""

import os
import shutil
from pathlib import Path

MOUNTS = Path("/proc/mounts")
# Locks that SQLite relies on are not dependable there: two machines would write into one file at once.
SHARED_DISKS = {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph", "glusterfs"}


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system below `path`, such as "ext4"; "unknown" where the machine does not tell."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return "unknown"
    real = path.resolve()
    found = [(len(point), kind) for point, kind in map(_mount, lines) if real.is_relative_to(point)]
    return max(found, key=lambda pair: pair[0])[1] if found else "unknown"


def free_bytes(path: Path) -> int:
    """How much can still be written below `path`."""
    return shutil.disk_usage(_existing(path)).free


def readable_by_others(path: Path) -> bool:
    """True if accounts other than the owner and the group can open the file, counting the folder it lies in."""
    return bool(path.stat().st_mode & 0o004 and path.parent.stat().st_mode & 0o001)


def owned_by_us(path: Path) -> bool:
    """True if the file belongs to the account that runs this process."""
    return path.stat().st_uid == os.geteuid()


def _mount(line: str) -> tuple[str, str]:
    _device, point, kind, *_ = line.split(" ")
    return point.replace("\\040", " "), kind


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())
