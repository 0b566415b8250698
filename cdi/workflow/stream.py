"""Scanning many encounters in constant memory, in this process or in several."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from itertools import chain, islice
from typing import TypeAlias, TypeVar

from cdi.domain.encounter import Encounter
from cdi.domain.finding import Review
from cdi.errors import InputError
from cdi.workflow.scan import default_scanner

Result = TypeVar("Result")
_Chunk: TypeAlias = Sequence[Encounter]
_Scanned: TypeAlias = list[Result | InputError]

# Encounters scanned, and handed to a worker, at once: enough to hide the cost of handing over.
_CHUNK = 64
# Chunks under way for each worker; more would only fill memory.
_AHEAD = 3
# Chunks that wait for an earlier one: the other processes start later than this one.
_MOST_PENDING = 100


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
    scan = partial(_scan_chunk, finish=finish, whole=whole)
    chunks = _chunks(encounters)
    scanned = map(scan, chunks) if jobs <= 1 else _scan_beside(chunks, scan, jobs - 1)
    for result in chain.from_iterable(scanned):
        if isinstance(result, InputError):
            refused(result)
        else:
            yield result


def _scan_beside(
    chunks: Iterable[_Chunk], scan: Callable[[_Chunk], _Scanned[Result]], workers: int
) -> Iterator[_Scanned[Result]]:
    """Scan here and in other processes; yield what they give in the order of the chunks.

    A process that only read and wrote would want a part of the processors for itself. What the
    others have no room for is scanned here.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        pending: deque[Future[_Scanned[Result]]] = deque()
        for chunk in chunks:
            if sum(not future.done() for future in pending) < workers * _AHEAD:
                pending.append(pool.submit(scan, chunk))
            else:
                pending.append(Future())
                pending[-1].set_result(scan(chunk))
            while pending and (pending[0].done() or len(pending) > _MOST_PENDING):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _chunks(encounters: Iterable[Encounter]) -> Iterator[_Chunk]:
    source = iter(encounters)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _scan_chunk(
    encounters: _Chunk, finish: Callable[[Review], Result], whole: bool
) -> _Scanned[Result]:
    reviews = default_scanner().scan_many(encounters, whole=whole)
    return [r if isinstance(r, InputError) else finish(r) for r in reviews]
