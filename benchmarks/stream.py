"""A folder of many notes through ``cdi scan``: notes a second and peak memory, by processes."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import corpus

_NUMBER = re.compile(r"(?<![\d./])\d{2,3}(?![\d./])")
_A_FOLDER = 1_000  # notes
_PROC = Path("/proc")


class Run(NamedTuple):
    """One scan: ``memory`` is the largest sum over its processes, in MB; None without /proc."""

    notes: int
    jobs: int
    seconds: float
    memory: float | None


def measure(notes: int, jobs: tuple[int, ...] = (1, 2)) -> Iterator[Run]:
    """Scan a folder of generated notes once for each number of processes.

    A tenth of the notes is scanned first, to tell a constant memory from a growing one.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_notes(folder, notes)
        tenth = [folder / f"{part:04}" for part in range(max(1, notes // _A_FOLDER // 10))]
        yield _scan(tenth, min(notes, len(tenth) * _A_FOLDER), jobs[0])
        for number in jobs:
            yield _scan([folder], notes, number)


def write_notes(folder: Path, count: int) -> None:
    """Write notes that differ from each other, made of the project's own samples."""
    texts = corpus.samples()
    for number in range(count):
        part = folder / f"{number // _A_FOLDER:04}"
        part.mkdir(exist_ok=True)
        (part / f"{number:07}.txt").write_text(_varied(texts, number), encoding="utf-8")


def _varied(texts: list[str], number: int) -> str:
    """Return a sample with other numbers and the paragraphs of another one among its own."""
    chance = random.Random(number)
    paragraphs = [part for text in chance.sample(texts, 2) for part in text.split("\n\n")]
    chance.shuffle(paragraphs)
    text = "\n\n".join(paragraphs)
    return _NUMBER.sub(lambda m: str(int(int(m[0]) * chance.uniform(0.8, 1.2))), text)


def _scan(paths: list[Path], notes: int, jobs: int) -> Run:
    command = [sys.executable, "-m", "cdi", "scan", *map(str, paths), "--format", "jsonl"]
    started = time.perf_counter()
    with subprocess.Popen(
        [*command, "--jobs", str(jobs)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        most = 0.0
        while process.poll() is None:
            most = max(most, _memory(process.pid))
            time.sleep(0.2)
    if process.returncode:
        sys.exit(f"cdi scan ended with {process.returncode}")
    return Run(notes, jobs, time.perf_counter() - started, most or None)


def _memory(pid: int) -> float:
    """Return the resident memory of a process and those below it, in MB; 0 if not known."""
    try:
        pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
        below = (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(_memory(int(child)) for child in below)


if __name__ == "__main__":
    for run in measure(int(sys.argv[1])):
        print(json.dumps(run._asdict()), flush=True)
