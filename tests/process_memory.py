"""Memory that a process holds, in megabytes, as proc(5) has it."""

from pathlib import Path


def most_mb(pid: int | str = "self") -> float:
    """The most that was resident. Not ru_maxrss, which a process has from the one that started it."""
    return _mb("VmHWM", pid)


def resident_mb(pid: int | str = "self") -> float:
    """What is resident now."""
    return _mb("VmRSS", pid)


def _mb(name: str, pid: int | str) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split(f"{name}:")[1].split()[0]) / 1024
