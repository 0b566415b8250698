"""The words of every condition in the shapes in which notes deny them, and claim them.

A rendering that denies a word, gives it to somebody else, or speaks of what might come must leave
no mention claimed and raise nothing; one that claims it must still claim it, so that silence is
not bought with deafness.
"""

from __future__ import annotations

import re

import pytest

from cdi.domain.encounter import Note
from cdi.domain.reading import HEADS, Mention
from cdi.review.facts import NotedMention
from cdi.review.indicators import asserted
from cdi.rules.catalogue import load_catalogue
from cdi.rules.condition import Condition
from cdi.workflow.scan import Scanner, default_scanner

CONDITIONS = list(load_catalogue().conditions.values())
each_condition = pytest.mark.parametrize(
    "condition", [pytest.param(condition, id=condition.id) for condition in CONDITIONS]
)

DENIED = (
    "No {}.",
    "- no {}",
    "No {} or fever.",
    "No fever or {}.",
    "No fever nor {}.",
    "Neither {} nor fever.",
    "Without evidence of {}.",
    "Presented w/o {}.",
    "There is no evidence of {}.",
    "No signs or symptoms of {}.",
    "Denies {}.",
    "He denied any {}.",
    "Denies having {}.",
    "Pt denies: {}",
    "Patient does not report {}.",
    "Denies {}, fever and chills, but has gout.",
    "The patient denies fever, chills, {}, or rash.",
    "He does not have {}.",
    "He has not had any {}.",
    "She has never had {}.",
    "She was not felt to have {}.",
    "I do not think this is {}.",
    "Did not develop {}.",
    "Negative for {}.",
    "-ve {}",
    "(-) {}",
    "[ ] {} [x] Gout",
    "Absent {}.",
    "Free of {}.",
    "Low suspicion for {}.",
    "Argues against {}.",
    "Findings not consistent with {}.",
    "Workup negative for {}.",
    "Doubt {}.",
    "No h/o {}.",
    "No history of {}, surgery or trauma.",
    "No family history of {}.",
    "{} ruled out.",
    "{} was ruled out.",
    "{} has been excluded.",
    "{} is unlikely.",
    "{} is not present.",
    "{} was negative.",
    "{}: no",
    "{}: No.",
    "{}: negative",
    "{} - none",
    "- {}: denied",
    "REVIEW OF SYSTEMS: Constitutional: No fever. Other: Denies {}.\n",
    "REVIEW OF SYSTEMS:\nGENERAL: Negative for {}, chills and cough.\n",
    "ROS: Constitutional: no fevers, {}, or sweats. CV: no palpitations.\n",
)
OF_OTHERS = (
    "Family history of {}.",
    "FHx: {}",
    "FAMILY HISTORY: {}.\n",
    "Mother had {}.",
    "Father: {}",
    "Sister with {}.",
    "{} in her mother.",
    "No one in the family has {}.",
)
NOT_YET = (
    "Return if {}.",
    "Return to the ED for {}.",
    "Call for {}.",
    "Call 911 if you have {}.",
    "Should {} develop, return.",
    "If {} occurs, stop the drug.",
    "RETURN PRECAUTIONS: {}, fever.\n",
    "At risk of {}.",
    "High risk for {}.",
    "Risk of {} discussed.",
    "Risks include {} and death.",
    "Monitor for {}.",
    "Watch for {}.",
    "Screening for {}.",
    "To prevent {}, walk daily.",
    "{} prophylaxis.",
    "{} risk.",
    "Educated on signs of {}.",
    "She worries about {}.",
    "CT to evaluate for {}.",
    "Rule out {}.",
    "Possible {}.",
    "?{}",
    "ALLERGIES: Penicillin ({}).\n",
    "Allergic to penicillin ({}).",
)
PAST = ("History of {}.", "She had {} in 1998.", "Had {} two years ago.", "{} resolved years ago.")
CLAIMED = (
    "Admitted with {}.",
    "He has {}.",
    "Patient has {} today.",
    "Found to have {}.",
    "Diagnosed with {}.",
    "Positive for {}.",
    "Likely {}.",
    "- {} today",
    "[x] {} today",
    "[ ] Gout [x] {}",
    "Denies fever but has {}.",
    "Denies fever; has {}.",
    "No fever. He has {}.",
    "Gout: no\nToday {}",
    "Return in two weeks. He has {}.",
    "Allergic to penicillin. He has {}.",
    "His mother reports that he has {}.",
    "ASSESSMENT: {}.\n",
    "ASSESSMENT:\n1. {}\n2. Gout\n",
)

# What no sentence can deny as if it were a thing: clauses, links, verbs and what denies itself.
_NO_NOUN = re.compile(
    r"[=%\d]|\b(?:is|are|was|were|been|has|had|have|did|does|not|no|none|nor|never|without|because|"
    r"due|secondary|as a|remain\w*|develop\w*|drop\w*|decline\w*|declining|fell|fallen|ro?ise\w*|"
    r"rising|climbing|decreas\w*|drift\w*|trend\w*|bumped|worsen\w*|improv\w*|resolv\w*|up|down|"
    r"low|high|stable|elevated|complicated|denies|unable|cannot|took|taking|ingested|swallowed|"
    r"noncomplian\w*|nonadheren\w*|onset|history|cleared|normal|pressors|intake|faint|r/o|"
    r"drinks|smokes|non-?drinker|teetotal\w*)\b",
    re.IGNORECASE,
)
_EACH = 8  # words of a condition that are taken: evenly over all it has, in their order


def _names(condition: Condition) -> list[str]:
    return _some(t.phrase for t in condition.terms if t.name in HEADS and not t.rest)


def _signs(condition: Condition) -> list[str]:
    """Return short indicators; of a longer one, only its own file knows what may deny it."""
    indicators = condition.spec.indicators
    return _some(
        term.phrase
        for term in condition.terms
        if term.name in indicators
        and indicators[term.name].terms
        and not (term.rest or term.exact)
        and len(term.phrase.split()) == 1
    )


def _some(phrases: object) -> list[str]:
    kept = sorted({p for p in phrases if not _NO_NOUN.search(p)})  # type: ignore[attr-defined]
    step = max(1.0, len(kept) / _EACH)
    return [kept[int(place * step)] for place in range(min(_EACH, len(kept)))]


def _render(shape: str, phrases: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with each phrase in the shape, and where the phrases stand."""
    before, after = shape.split("{}")
    text, places = "", []
    for phrase in phrases:
        text += before
        places.append((len(text), len(text) + len(phrase)))
        text += (phrase if before else phrase[0].upper() + phrase[1:]) + after + "\n"
    return text, places


def _claimed(
    condition: Condition, text: str, places: list[tuple[int, int]], scanner: Scanner
) -> list[tuple[int, Mention]]:
    """Return the mentions that are claimed within the places, with the number of the place."""
    note = Note("note", text)
    own = HEADS | frozenset(condition.spec.indicators)
    return [
        (number, mention)
        for mention in scanner.pipeline.read(note).mentions
        if mention.condition == condition.id and mention.name in own
        for number, (start, end) in enumerate(places)
        if start <= mention.start
        and mention.end <= end
        and asserted(NotedMention(note, mention, 0))
    ]


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return default_scanner()


@each_condition
@pytest.mark.parametrize("shapes", [DENIED, OF_OTHERS, NOT_YET], ids=["denied", "others", "maybe"])
def test_its_words_not_claimed_of_the_patient_claim_and_raise_nothing(
    condition: Condition, shapes: tuple[str, ...], scanner: Scanner
) -> None:
    words = [*_names(condition), *_signs(condition)]
    text, places, told = "", [], []
    for shape in sorted(shapes, key=_opens_section):
        rendered, found = _render(shape, words)
        places += [(len(text) + start, len(text) + end) for start, end in found]
        told += [(shape, word) for word in words]
        text += rendered
    claimed = [told[number] for number, _ in _claimed(condition, text, places, scanner)]
    raised = [finding.key for finding in scanner.scan(text).findings]
    assert (claimed, raised) == ([], [])


def _opens_section(shape: str) -> bool:
    """Tell whether what follows would belong to the section of the shape."""
    return shape.partition(":")[0].isupper()


@each_condition
def test_an_acute_condition_told_as_past_raises_nothing(
    condition: Condition, scanner: Scanner
) -> None:
    if condition.spec.course == "chronic":
        pytest.skip("it is current whenever it began")
    names = _names(condition)
    for shape in PAST:
        text, places = _render(shape, names)
        claimed = [n for n, m in _claimed(condition, text, places, scanner) if m.name in HEADS]
        assert (shape, [names[n] for n in claimed]) == (shape, [])
        found = [f.key for f in scanner.scan(text).findings if f.condition == condition.id]
        assert (shape, found) == (shape, [])


@each_condition
def test_denials_over_lines_and_bullets_raise_nothing(
    condition: Condition, scanner: Scanner
) -> None:
    words = _names(condition)
    triples = [words[place : place + 3] for place in range(0, len(words), 3)]
    for text in (
        "Denies:\n" + "".join(f"- {word}\n" for word in words),
        "She denies any of the following:\n" + "".join(f"* {word}\n" for word in words),
        "\n\n".join("Patient denies " + ",\n".join([*three, "or rash."]) for three in triples),
    ):
        claimed = _claimed(condition, text, [(0, len(text))], scanner)
        assert [text[m.start : m.end] for _, m in claimed] == []
        assert scanner.scan(text).findings == ()


@each_condition
def test_its_names_claimed_are_still_read(condition: Condition, scanner: Scanner) -> None:
    names = _names(condition)
    # Left out: short forms that say nothing by themselves.
    names = [names[n] for n in sorted(_read(condition, "{}.", names, scanner))]
    lost = [
        (shape, names[missed])
        for shape in CLAIMED
        for missed in set(range(len(names))) - _read(condition, shape, names, scanner)
    ]
    assert lost == []


def _read(condition: Condition, shape: str, names: list[str], scanner: Scanner) -> set[int]:
    """Return the numbers of the names that are claimed when rendered in a shape."""
    text, places = _render(shape, names)
    return {n for n, m in _claimed(condition, text, places, scanner) if m.name in HEADS}
