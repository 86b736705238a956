"""Several processes at the same work, as the workers of an installation are."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

from django.db import connections

from bench.gauge import peak_mb

T = TypeVar("T")


def together(count: int, work: Callable[[int], T]) -> tuple[list[T], float]:
    """Run `work(0…count-1)`, each in a process of its own; the results, and the highest peak in MB.

    Raises:
        RuntimeError: one of them did not finish.
    """
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ends = []
    for index in range(count):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_report, args=(theirs, work, index))
        process.start()
        theirs.close()
        ends.append((process, ours))
    answers = []
    for process, ours in ends:
        try:
            answers.append(ours.recv())
        except EOFError:
            raise RuntimeError("a process of the measurement died") from None
        process.join()
    return [answer for answer, _peak in answers], max(peak for _answer, peak in answers)


def _report(end: Connection, work: Callable[[int], T], index: int) -> None:
    end.send((work(index), peak_mb()))
