"""Archive scanning at size: pool with 1 and 2 jobs and Spark with 2 workers, in one run.

    python benchmarks/archive.py [--notes 200000] [--folder build/archive]

Notes are varied from the project's own samples. Needs pyarrow, pyspark, Java 17 and Linux. Peak
memory is that of the largest Python process of each run, as the kernel counted it (VmHWM).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
FILES = 16
_NUMBER = re.compile(r"\b\d{2,3}\b")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "archive")
    options = parser.parse_args()
    store = options.folder / "in"
    if not store.is_dir():
        generate(store, options.notes)
    runs = {
        "pool, 1 job": _pool(store, options.folder / "one", 1),
        "pool, 2 jobs": _pool(store, options.folder / "two", 2),
        "spark, 2 workers": _spark(store, options.folder / "spark"),
    }
    print(f"{options.notes:,} notes in {FILES} files\n")
    print(f"{'':20}{'seconds':>9}{'notes/s':>9}{'x 1 job':>9}{'peak MB':>9}")
    first = runs["pool, 1 job"][0]
    for name, (seconds, peak) in runs.items():
        rate = options.notes / seconds
        print(f"{name:20}{seconds:>9.1f}{rate:>9.0f}{first / seconds:>9.2f}{peak:>9.0f}")
    same = _findings(options.folder / "one") == _findings(options.folder / "two")
    print(f"\nfindings of 1 and 2 jobs identical: {same}")
    same = _findings(options.folder / "one") == _findings(options.folder / "spark")
    print(f"findings of pool and Spark identical: {same}")


def generate(store: Path, notes: int) -> None:
    """Write notes that are variations of the samples: other numbers, paragraphs in other order."""
    store.mkdir(parents=True)
    chance = random.Random(11)
    texts = _samples()
    per_file = notes // FILES
    for number in range(FILES):
        rows = []
        for row in range(number * per_file, (number + 1) * per_file):
            rows.append(
                {
                    "id": f"n{row}",
                    "text": _vary(chance.choice(texts), chance),
                    "service": chance.choice(("medicine", "surgery", "cardiology", "icu")),
                    "author": f"author {chance.randrange(60)}",
                    "written": datetime(2020, 1, 1) + timedelta(hours=chance.randrange(40_000)),
                }
            )
        table = pa.Table.from_pylist(rows)
        pq.write_table(table, store / f"part-{number:02}.parquet", row_group_size=2048)


def _samples() -> list[str]:
    texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "samples/notes").glob("*.txt"))]
    for path in sorted((ROOT / "samples" / "encounters").glob("*.json")):
        for note in json.loads(path.read_text(encoding="utf-8"))["notes"]:
            texts.append(note.get("text") or "\n".join(note["lines"]))
    return texts


def _vary(text: str, chance: random.Random) -> str:
    parts = re.split(r"\n\s*\n", text)
    kept = [part for part in parts if chance.random() > 0.1] or parts
    chance.shuffle(kept)
    body = "\n\n".join(kept)
    return _NUMBER.sub(lambda found: str(max(1, int(found[0]) + chance.randint(-2, 2))), body)


_CODE = """
import sys
from pathlib import Path
from cdi.archive.columns import Columns
from cdi.archive.pool import scan_store
if __name__ == "__main__":
    columns = Columns(service="service", author="author", time="written")
    scan_store(sys.argv[1], Path(sys.argv[2]), columns, jobs=int(sys.argv[3]))
"""


def _pool(store: Path, output: Path, jobs: int) -> tuple[float, float]:
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    script = output.parent / "pool_run.py"
    script.write_text(_CODE, encoding="utf-8")
    return _timed([sys.executable, str(script), str(store), str(output), str(jobs)])


def _spark(store: Path, output: Path) -> tuple[float, float]:
    shutil.rmtree(output, ignore_errors=True)
    script = output.parent / "spark_run.py"
    script.write_text("from cdi.archive.spark import main\nmain()\n", encoding="utf-8")
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [str(submit), "--master", "local-cluster[2,1,2048]"]
    command += ["--conf", "spark.ui.enabled=false", "--conf", "spark.executor.memory=1g"]
    columns = ["--service", "service", "--author", "author", "--time", "written"]
    return _timed([*command, str(script), str(store), str(output), *columns])


def _timed(command: list[str]) -> tuple[float, float]:
    """Return seconds and the peak memory of the largest Python process in MB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable}
    start, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, _peak_of_children())
        time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed: {process.returncode}")
    return time.perf_counter() - start, peak


def _peak_of_children() -> float:
    """Return the highest peak so far of the Python processes that descend from this one, in MB."""
    status: dict[int, dict[str, str]] = {}
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):  # ended meanwhile
            lines = path.read_text(encoding="utf-8").splitlines()
            status[int(path.parent.name)] = {
                name: value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
    ours = {os.getpid()}
    while True:
        found = {pid for pid, s in status.items() if int(s["PPid"]) in ours} - ours
        if not found:
            break
        ours |= found
    peaks = [
        int(status[pid]["VmHWM"].split()[0]) / 1024
        for pid in ours - {os.getpid()}
        if pid in status and status[pid]["Name"].startswith("python") and "VmHWM" in status[pid]
    ]
    return max(peaks, default=0.0)


def _findings(output: Path) -> list[tuple[str, str, str, int]]:
    columns = ["note", "condition", "type", "rule_version"]
    rows = [
        tuple(row.values())
        for path in sorted((output / "findings").rglob("*.parquet"))
        for row in pq.read_table(path, columns=columns, partitioning=None).to_pylist()
    ]
    return sorted(rows)


if __name__ == "__main__":
    main()
