"""Scanning many encounters in constant memory, in this process or in several."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

from cdi.domain.encounter import Encounter
from cdi.domain.finding import Review
from cdi.errors import InputError
from cdi.workflow.scan import default_scanner

Result = TypeVar("Result")

# Encounters scanned, and handed to a worker, at once: enough to hide the cost of handing over.
_CHUNK = 32
# Chunks under way for each worker; more would only fill memory.
_AHEAD = 3


def scan_all(
    encounters: Iterable[Encounter],
    finish: Callable[[Review], Result],
    *,
    jobs: int = 1,
    whole: bool = False,
    refused: Callable[[InputError], None],
) -> Iterator[Result]:
    """Review encounters as they come and yield ``finish(review)`` in the same order.

    Args:
        encounters: read lazily; only a few chunks are held at a time.
        finish: turns a review into what is wanted; runs in the worker and must be picklable
            when ``jobs`` is above 1.
        jobs: number of processes.
        whole: ``finish`` looks at the readings; see :meth:`cdi.workflow.scan.Scanner.scan_many`.
        refused: told of each encounter that cannot be read; the others go on.
    """
    if jobs <= 1:
        for chunk in _chunks(encounters):
            for result in _scan_chunk(chunk, finish, whole):
                yield from _take(result, refused)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        pending: deque[Future[list[Result | InputError]]] = deque()
        for chunk in _chunks(encounters):
            pending.append(pool.submit(_scan_chunk, chunk, finish, whole))
            if len(pending) >= jobs * _AHEAD:
                for result in pending.popleft().result():
                    yield from _take(result, refused)
        while pending:
            for result in pending.popleft().result():
                yield from _take(result, refused)


def _chunks(encounters: Iterable[Encounter]) -> Iterator[Sequence[Encounter]]:
    source = iter(encounters)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _scan_chunk(
    encounters: Sequence[Encounter], finish: Callable[[Review], Result], whole: bool
) -> list[Result | InputError]:
    reviews = default_scanner().scan_many(encounters, whole=whole)
    return [r if isinstance(r, InputError) else finish(r) for r in reviews]


def _take(result: Result | InputError, refused: Callable[[InputError], None]) -> Iterator[Result]:
    if isinstance(result, InputError):
        refused(result)
    else:
        yield result
