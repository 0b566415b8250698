"""Speed and assertion of this project and its peers, in one run. See README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import corpus
import spacy
from timing import agreement, notes_per_second

from cdi.domain.encounter import Note
from cdi.workflow.scan import Scanner

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure and print; with --json also write the figures to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="python of the environment of the peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    texts, scanner = corpus.texts(), Scanner()
    make_doc = spacy.blank("en").make_doc
    # The two are measured in turns, since other work on the machine comes and goes.
    tokenizer = notes_per_second(make_doc, texts, options.rounds)
    review = notes_per_second(lambda text: scanner.scan(Note("note", text)), texts, options.rounds)
    tokenizer = max(tokenizer, notes_per_second(make_doc, texts, options.rounds))
    figures: dict[str, object] = {"notes": len(texts), "make_doc": tokenizer, "review": review}
    growth = _growth(scanner, texts, options.rounds)
    figures["growth"] = growth
    records = corpus.sentences()
    if records:
        figures["assertion"] = agreement(records, [_assess(scanner, r) for r in records])
    if options.peers:
        figures["peers"] = _peers(options.peers, scanner, options.rounds)
    _print(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _assess(scanner: Scanner, record: dict) -> str:
    (judgement,) = scanner.pipeline.assess(record["text"], [(record["start"], record["end"])])
    return judgement.assertion.value


def _growth(scanner: Scanner, texts: list[str], rounds: int) -> dict[int, float]:
    """Return notes a second with a quarter, half and all of the conditions."""
    names = list(scanner.catalogue.conditions)
    result = {}
    for share in (4, 2, 1):
        part = Scanner(scanner.catalogue.restricted(names[::share]))
        rate = notes_per_second(lambda text, s=part: s.scan(Note("note", text)), texts, rounds)
        result[len(part.catalogue.conditions)] = rate
    return result


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
    print(f"{figures['notes']} notes, one process, warm, medians\n")
    print(f"{'':36}{'notes/s':>9}{'x make_doc time':>17}{'review is faster':>18}")
    rows = [("whole review", review, tokenizer), ("spaCy make_doc alone", tokenizer, tokenizer)]
    peers = figures.get("peers")
    if peers:
        for name in ("make_doc", "negspacy", "medspacy_sentencizer", "medspacy_default"):
            label = "make_doc (peers' spaCy)" if name == "make_doc" else name.replace("_", " ")
            rows.append((label, peers[name], peers["make_doc"]))
    for name, rate, base in rows:
        print(f"{name:36}{rate:>9.0f}{base / rate:>17.2f}{review / rate:>17.1f}x")
    print(
        "\nconditions -> notes/s: "
        + ", ".join(f"{n}: {r:.0f}" for n, r in figures["growth"].items())
    )
    if "assertion" in figures:
        print(f"\n{'assertion F1':36}{'negated':>9}{'historical':>12}")
        answers = [("this project", figures["assertion"])]
        if peers:
            answers += [(n, peers[f"{n}_assertion"]) for n in ("medspacy", "negspacy")]
        for name, figure in answers:
            print(f"{name:36}{figure['absent']:>9.3f}{figure['historical']:>12.3f}")


if __name__ == "__main__":
    main()
