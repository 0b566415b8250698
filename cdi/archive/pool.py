"""Scanning a store on one machine: a pool of processes, one file each at a time."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdi import __version__
from cdi.archive.batch import BatchReview
from cdi.archive.columns import Columns
from cdi.archive.manifest import (
    Totals,
    add_counts,
    make_manifest,
    write_manifest,
)
from cdi.archive.output import Part, PartWriter, find_part, fingerprint
from cdi.archive.store import BadRow, StoreFile, count_rows, list_files, read_batches
from cdi.errors import InputError
from cdi.rules.fingerprint import rules_fingerprint

if TYPE_CHECKING:
    _Counter = Synchronized[int]

Tell = Callable[[int, int | None], None]
"""Told of progress: notes done, and all notes if every file knows its number."""

_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Attributes:
        parts: every part of the output, in the order of the store.
        taken_over: how many of them an earlier run had finished.
        unreadable: files that could not be read at all, with the reason.
    """

    parts: tuple[Part, ...]
    taken_over: int
    unreadable: tuple[str, ...]


def scan_store(
    store: str,
    output: Path,
    columns: Columns,
    *,
    jobs: int = 1,
    mentions: bool = False,
    tell: Tell | None = None,
) -> Summary:
    """Scan a store into a folder; what an earlier, killed run finished is taken over.

    Memory does not depend on the size of the files: each process holds one batch and, with an
    encounter column, the notes of one stay.

    Args:
        store: a file, folder, Delta table or glob; see :func:`~cdi.archive.store.list_files`.
        output: see :mod:`cdi.archive.output`.
        columns: what the store holds.
        jobs: processes. A file is read by one, so a store needs at least as many files.
        mentions: also write mentions.
        tell: called a few times a second.

    Raises:
        InputError: there is nothing to read, or a finished part was made with other rules,
            columns or input.
    """
    started = time.monotonic()
    files = list_files(store)
    rules = rules_fingerprint()
    work = _work(columns, mentions, rules)
    review = BatchReview(columns, mentions)
    done, todo = _divide(files, output, work)
    made, unreadable = _run(todo, output, review, jobs, tell) if todo else ([], [])
    parts = sorted((*done, *made), key=lambda part: part.name)
    summary = Summary(tuple(parts), len(done), tuple(unreadable))
    output.mkdir(parents=True, exist_ok=True)
    write_manifest(output, _manifest(store, columns, summary, rules, time.monotonic() - started))
    return summary


def _work(columns: Columns, mentions: bool, rules: str) -> str:
    """Return what a part depends on besides its input."""
    given = {"columns": asdict(columns), "mentions": mentions, "rules": rules}
    return json.dumps({**given, "version": __version__}, sort_keys=True)


def _divide(
    files: Sequence[StoreFile], output: Path, work: str
) -> tuple[list[Part], list[tuple[StoreFile, Part]]]:
    """Return the finished parts, and the files still to do with the part they become."""
    done, todo = [], []
    for file in files:
        wanted = fingerprint(file, work)
        part = find_part(output, file.name)
        if part is None:
            todo.append((file, Part(file.name, wanted)))
        elif part.fingerprint == wanted:
            done.append(part)
        else:
            message = "made from other input, columns or rules: choose another folder"
            raise InputError(message, source=str(output / "findings" / file.name))
    return done, todo


def _run(
    todo: Sequence[tuple[StoreFile, Part]],
    output: Path,
    review: BatchReview,
    jobs: int,
    tell: Tell | None,
) -> tuple[list[Part], list[str]]:
    counts = [_count(file) for file, _ in todo]
    total = None if None in counts else sum(count or 0 for count in counts)
    context = multiprocessing.get_context("spawn")
    counter = context.Value("q", 0)
    made: list[Part] = []
    unreadable: list[str] = []
    with ProcessPoolExecutor(
        min(jobs, len(todo)), mp_context=context, initializer=_share, initargs=(counter,)
    ) as pool:
        waiting: set[Future[Part | InputError]] = {
            pool.submit(_scan_file, file, part, output, review) for file, part in todo
        }
        while waiting:
            finished, waiting = wait(waiting, timeout=_EVERY, return_when=FIRST_COMPLETED)
            for future in finished:
                result = future.result()
                if isinstance(result, Part):
                    made.append(result)
                else:
                    unreadable.append(str(result))
            if tell is not None:
                tell(counter.value, total)
    return made, sorted(unreadable)


def _count(file: StoreFile) -> int | None:
    try:
        return count_rows(file.path)
    except InputError:
        return 0  # told when it is its turn


_done: _Counter | None = None


def _share(counter: _Counter) -> None:
    """Keep the counter of progress: the only state of a worker besides its pipeline."""
    global _done
    _done = counter


def _scan_file(file: StoreFile, part: Part, output: Path, review: BatchReview) -> Part | InputError:
    started = time.monotonic()
    bad: list[BadRow] = []
    try:
        with PartWriter(output, part, mentions=review.mentions) as writer:
            batches = read_batches(file.path, review.columns.given, bad)
            for outcome in review.outcomes(batches):
                writer.add(outcome)
                if _done is not None:
                    with _done.get_lock():
                        _done.value += len(outcome.read)
            writer.add_bad(bad)
            return writer.finish(time.monotonic() - started)
    except InputError as error:
        return error


def _manifest(
    store: str, columns: Columns, summary: Summary, rules: str, seconds: float
) -> dict[str, Any]:
    parts = summary.parts
    totals = Totals(
        notes=sum(part.notes for part in parts),
        findings=sum(part.findings for part in parts),
        rejected=sum(part.rejected for part in parts),
        by=add_counts(part.by for part in parts),
    )
    records = [{key: value for key, value in asdict(part).items() if key != "by"} for part in parts]
    return make_manifest(
        store,
        columns,
        totals,
        seconds=seconds,
        rules=rules,
        parts=records,
        unreadable=summary.unreadable,
    )
