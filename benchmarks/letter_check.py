"""How long the check of a letter takes, as an editor would run it at every pause of typing."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path

from cdi.compliance.documentation import documented_conditions
from cdi.domain.letter import Letter
from cdi.interop.files import read_path
from cdi.letters.json_form import LetterCase
from cdi.workflow.draft import draft_letters
from cdi.workflow.letter_check import check_letter, default_pack
from cdi.workflow.scan import default_scanner

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "encounters"
ROUNDS = 20


def main() -> None:
    """Print the median and the 95th percentile over the letters of the sample encounters."""
    scanner, pack = default_scanner(), default_pack()
    cases = []
    for encounter in read_path(SAMPLES, print):
        review = scanner.scan(encounter)
        known = tuple(documented_conditions(review))
        for draft in draft_letters(review, scanner.catalogue, pack, separate=True):
            cases.append(LetterCase(encounter.id, draft.letter, encounter, None, known or ("-",)))
    times = sorted(_milliseconds(_typed(case, "x" * n)) for n in range(1, ROUNDS) for case in cases)
    p95 = times[int(len(times) * 0.95)]
    print(f"{len(cases)} letters, {ROUNDS} rounds, warm, processor time")
    print(f"median {statistics.median(times):.2f} ms, p95 {p95:.2f} ms, worst {times[-1]:.2f} ms")
    words = statistics.mean(_words(case.letter) for case in cases)
    print(f"{words:.0f} words a letter on average")


def _typed(case: LetterCase, words: str) -> LetterCase:
    """Return a letter whose question was typed on since the last check."""
    (question,) = case.letter.questions
    stem = f"{question.stem} {words}"
    letter = replace(
        case.letter,
        questions=(replace(question, stem=stem),),
        text=case.letter.text.replace(question.stem, stem),
        html=case.letter.html.replace(question.stem, stem),
    )
    return case._replace(letter=letter)


def _milliseconds(case: LetterCase) -> float:
    """Return processor time, which does not count the work of others on the machine."""
    start = time.process_time()
    check_letter(case)
    return (time.process_time() - start) * 1000


def _words(letter: Letter) -> int:
    return len(letter.text.split())


if __name__ == "__main__":
    main()
