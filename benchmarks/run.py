"""Speed and assertion of this project and its peers, in one run. See README.md."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import corpus
import spacy
import stream
from timing import agreement, notes_in_turns, one_by_one, ratio

from cdi.domain.encounter import Note
from cdi.workflow.scan import Scanner

HERE = Path(__file__).resolve().parent
_GROWTH = (14, 28)  # conditions, besides all of them


def main() -> None:
    """Measure and print; with --json also write the figures to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="python of the environment of the peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--stream", type=int, default=0, help="notes of the folder to stream")
    options = parser.parse_args()
    texts, scanner = corpus.texts(), Scanner()
    figures = _speed(scanner, texts, options.rounds)
    records = corpus.sentences()
    if records:
        figures["assertion"] = agreement(records, [_assess(scanner, r) for r in records])
    if options.peers:
        figures["peers"] = _peers(options.peers, scanner, options.rounds)
    _print(figures)
    if options.stream:
        figures["stream"] = _print_stream(options.stream)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _speed(scanner: Scanner, texts: list[str], rounds: int) -> dict:
    """Return notes a second of the tokenizer and the review, by number of conditions."""
    parts = [_part(scanner, count) for count in _GROWTH]
    readers = {
        "make_doc": one_by_one(spacy.blank("en").make_doc),
        "one by one": one_by_one(lambda text: scanner.scan(Note("note", text))),
    }
    for part in (*parts, scanner):
        count = str(len(part.catalogue.conditions))
        readers[count] = lambda texts, s=part: _scan_many(s, texts)
    times = notes_in_turns(readers, texts, rounds)
    rates = {name: len(texts) / statistics.median(of) for name, of in times.items()}
    whole = str(len(scanner.catalogue.conditions))
    return {
        "notes": len(texts),
        "make_doc": rates.pop("make_doc"),
        "review": rates[whole],
        "times_make_doc": ratio(times[whole], times["make_doc"]),
        "one_by_one": rates.pop("one by one"),
        "one_by_one_times_make_doc": ratio(times["one by one"], times["make_doc"]),
        "growth": rates,
        "times_smallest": {n: ratio(times[n], times[next(iter(rates))]) for n in rates},
    }


def _scan_many(scanner: Scanner, texts: list[str]) -> None:
    for _ in scanner.scan_many(Note("note", text) for text in texts):
        pass


def _part(scanner: Scanner, count: int) -> Scanner:
    """Return a scanner of this many conditions from all over the catalogue.

    A condition comes with those it refers to, so that it is left out where they do not fit.
    """
    names = list(scanner.catalogue.conditions)
    step = max(1, len(names) // count)
    chosen = scanner.catalogue.restricted(())
    for name in (name for start in range(step) for name in names[start::step]):
        larger = scanner.catalogue.restricted([*chosen.conditions, name])
        if len(larger.conditions) <= count:
            chosen = larger
    return Scanner(chosen)


def _assess(scanner: Scanner, record: dict) -> str:
    (judgement,) = scanner.pipeline.assess(record["text"], [(record["start"], record["end"])])
    return judgement.assertion.value


def _peers(python: Path, scanner: Scanner, rounds: int) -> dict:
    phrases = sorted(
        {
            term.phrase
            for condition in scanner.catalogue.conditions.values()
            for term in condition.terms
            if term.name in {"documented", "vague"} and not term.rest
        }
    )
    done = subprocess.run(
        [str(python), str(HERE / "peers.py")],
        input=json.dumps({"phrases": phrases, "rounds": rounds}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the peers could not be measured:\n{done.stderr[-2000:]}")
    # medspaCy prints as it works; the figures are the last line.
    return json.loads(done.stdout.strip().splitlines()[-1])


def _print(figures: dict) -> None:
    review, tokenizer = figures["review"], figures["make_doc"]
    print(f"{figures['notes']} notes, one process, warm, medians of processor time\n")
    print(f"{'':36}{'notes/s':>9}{'x make_doc time':>17}{'review is faster':>18}")
    rows = [
        ("whole review, many at once", review, figures["times_make_doc"]),
        ("one by one", figures["one_by_one"], figures["one_by_one_times_make_doc"]),
        ("spaCy make_doc alone", tokenizer, 1.0),
    ]
    peers = figures.get("peers")
    if peers:
        for name in ("make_doc", "negspacy", "medspacy_sentencizer", "medspacy_default"):
            label = "make_doc (peers' spaCy)" if name == "make_doc" else name.replace("_", " ")
            rows.append((label, peers[name], peers["make_doc"] / peers[name]))
    for name, rate, times in rows:
        faster = times / figures["times_make_doc"]
        print(f"{name:36}{rate:>9.0f}{times:>17.2f}{faster:>17.1f}x")
    print(f"\n{'conditions':36}{'notes/s':>9}{'x time of fewest':>17}")
    for count, rate in figures["growth"].items():
        print(f"{count:36}{rate:>9.0f}{figures['times_smallest'][count]:>17.2f}")
    if "assertion" in figures:
        print(f"\n{'assertion F1':36}{'negated':>9}{'historical':>12}")
        answers = [("this project", figures["assertion"])]
        if peers:
            answers += [(n, peers[f"{n}_assertion"]) for n in ("medspacy", "negspacy")]
        for name, figure in answers:
            print(f"{name:36}{figure['absent']:>9.3f}{figure['historical']:>12.3f}")


def _print_stream(notes: int) -> list[dict]:
    """Stream a folder of notes; print and return what was measured."""
    print(f"\n{'a folder of notes':26}{'processes':>10}{'notes/s':>9}{'peak memory, MB':>17}")
    runs = []
    for run in stream.measure(notes):
        memory = f"{run.memory:.0f}" if run.memory else "?"
        print(
            f"{run.notes:<26}{run.jobs:>10}{run.notes / run.seconds:>9.0f}{memory:>17}", flush=True
        )
        runs.append(run._asdict())
    print(f"from 1 to 2 processes: {runs[1]['seconds'] / runs[2]['seconds']:.2f}x")
    return runs


if __name__ == "__main__":
    main()
