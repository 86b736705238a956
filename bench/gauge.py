"""What a piece of work costs: wall time, processor time here and in PostgreSQL, memory."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
SETTLE = 0.3  # seconds: a server process whose client has left reports its time when it ends
CHILD_TIMES = (13, 14, 15, 16)  # user, system, and those of children that have ended


@dataclass(slots=True)
class Gauge:
    """Runs from its making to `stop`. Processor times are in seconds."""

    postmaster: int
    seconds: float = 0.0
    cpu: float = 0.0
    database_cpu: float = 0.0
    _began: float = 0.0

    def __post_init__(self) -> None:
        self.cpu, self.database_cpu = -_own_time(), -self._database_now()
        self._began = time.perf_counter()

    def stop(self) -> Gauge:
        self.seconds = time.perf_counter() - self._began
        self.cpu += _own_time()
        time.sleep(SETTLE)
        self.database_cpu += self._database_now()
        return self

    def report(self, units: int) -> dict[str, float]:
        """The figures for so many units of work; `*_ms` are per unit."""
        return {
            "seconds": round(self.seconds, 3),
            "per_second": round(units / self.seconds, 1),
            "cpu_ms": round(self.cpu / units * 1000, 3),
            "database_cpu_ms": round(self.database_cpu / units * 1000, 3),
            "peak_mb": peak_mb(),
        }

    def _database_now(self) -> float:
        return processor_time(self.postmaster, with_children=True)


def gauge_of(connection: psycopg.Connection) -> Gauge:
    """A running gauge that also watches the server of this connection."""
    return Gauge(parent_of(connection.info.backend_pid))


def peak_mb() -> float:
    """The most memory that this process has held (its children apart), in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def processor_time(pid: int, *, with_children: bool) -> float:
    """Seconds that a process, its finished children and (if wanted) its living ones have used."""
    fields = _stat(pid)
    ticks = sum(int(fields[place]) for place in CHILD_TIMES) if fields else 0
    if with_children:
        for child in _children(pid):
            fields = _stat(child)
            ticks += sum(int(fields[place]) for place in CHILD_TIMES) if fields else 0
    return ticks / TICKS


def _own_time() -> float:
    """Of this process and of the children that it has waited for."""
    times = os.times()
    return sum(times[:4])


def parent_of(pid: int) -> int:
    return int(_stat(pid)[3])


def _children(pid: int) -> list[int]:
    found = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [each for each in found if (fields := _stat(each)) and int(fields[3]) == pid]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat, the name (which may hold blanks) as one; empty when gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    head, _mark, tail = text.rpartition(")")
    number, _blank, name = head.partition(" ")
    return [number, name, *tail.split()]
