"""The patterns by which measurements are read, compiled once from ``models/measurements``.

All patterns work on the lower-cased text: a regular expression without the ignore-case flag
rejects a branch by its first letter, which makes the long word lists cheap. Lists of words that
may stand between a name and its value are matched possessively, so no text makes them slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import Pattern
from typing import Any, NamedTuple

from cdi.nlp.numerals import SPOKEN, WRITTEN
from cdi.rules.measurement_wording import Phrases, Wording
from cdi.rules.measurements import Analyte

_END = ""  # marks in a trie that a text ends here
NUMBER = rf"(?:{WRITTEN}|{SPOKEN})"
DIGIT = re.compile(r"[0-9]")
SPOKEN_NUMBER = re.compile(rf"\b(?=[efhnostz]){SPOKEN}")

# The commonest connections, tried before the general one: "2.1", ": 2.1", "of 2.1", "was 2.1".
SIMPLE_LINK = re.compile(r"[ \t]{0,3}(?:(?:of|was|is|at|:|=)[ \t]{0,3})?(?=[0-9.])")
JOIN = re.compile(r"\s*(?:/|&|,|,?\s*\band\b)\s*")
COLUMN_BREAK = re.compile(r"\s*(?:/|&|,(?:\s*and\b)?|\band\b|\bover\b)\s*")
RANGE = re.compile(r"\s*(?P<dash>[-\u2013\u2014])\s*(?=[0-9.])|\s+(?P<to>to|through)\s+")
BETWEEN = re.compile(r"\s+(?P<to>and)\s+")
ARROW = re.compile(r"-{1,3}>|=+>|>{2,3}|[\u2192\u21d2\u2794\u27f6\u279c]")
DECADE = re.compile(r"'?s(?![a-z])")
ABOUT = (
    r"(?:~|\u2248|(?:about|approximately|around|roughly|nearly|almost|only|low|mid|upper|high)\b-?"
    r"|approx\.?)"
)

SLASH = re.compile(rf"\s*/\s*(?={ABOUT}?\s*[0-9.])")

_COMPARATORS = {
    ">": (
        ">=", "\u2265", ">", "greater than or equal to", "greater than", "more than",
        "higher than", "in excess of", "exceeding", "above", "over", "at least", "least",
    ),
    "<": (
        "<=", "\u2264", "<", "less than or equal to", "less than", "lower than", "fewer than",
        "below", "under", "at most",
    ),
}  # fmt: skip
_SIGNS = {word: sign for sign, words in _COMPARATORS.items() for word in words}

FEET = re.compile(
    r"(?P<feet>[3-8])\s*(?:'|\u2019|\u2032|-?\s*(?:feet|foot|ft)\b\.?)"
    r"(?:\s*(?:,|and|-)?\s*(?P<inches>1[01]|[0-9])(?P<part>\.[0-9]|\s*-?\s*1/2|\u00bd)?(?![0-9])"
    r"\s*(?:\"|\u201d|\u2033|''|\u2019\u2019|inches\b|inch\b|in\b\.?)?)?"
)


def sign(comparator: str | None) -> str:
    """Return "<" or ">" for the words of a comparison, "" for none."""
    return _SIGNS[" ".join(comparator.split())] if comparator else ""


class ValuePatterns(NamedTuple):
    """Patterns of a number and of what must not follow it."""

    start: Pattern[str]
    second: Pattern[str]
    not_bare: Pattern[str]
    not_with_unit: Pattern[str]


class MomentPatterns(NamedTuple):
    """Patterns that tell which moment a value speaks of.

    ``goal``, ``baseline``, ``prior``, ``cue`` search the words between a name and its value or
    between two values; the ``..._before`` ones end at the name, and ``before`` finds any word that
    goal, baseline and prior begin with there; ``after`` begins at the value.
    """

    goal: Pattern[str]
    baseline: Pattern[str]
    off_baseline: Pattern[str]
    prior: Pattern[str]
    cue: Pattern[str]
    changed: Pattern[str]
    extreme_last: Pattern[str]
    change_last: Pattern[str]
    change_before: Pattern[str]
    before: Pattern[str]
    goal_before: Pattern[str]
    limit_before: Pattern[str]
    instruction_before: Pattern[str]
    negation_before: Pattern[str]
    baseline_before: Pattern[str]
    prior_before: Pattern[str]
    after: Pattern[str]
    duration: Pattern[str]


class OxygenPatterns(NamedTuple):
    """Patterns of how oxygen is given."""

    beside: Pattern[str]
    within: Pattern[str]
    before: Pattern[str]
    support: dict[str, str]


class Grammar(NamedTuple):
    """Everything that does not depend on the analyte.

    ``first`` is what may stand between a name and its value, ``next`` between a value and the
    next one; the ``oxygen`` ones let a flow or device stand there too.
    """

    first: Pattern[str]
    next: Pattern[str]
    oxygen_first: Pattern[str]
    oxygen_next: Pattern[str]
    values: ValuePatterns
    moments: MomentPatterns
    oxygen: OxygenPatterns
    pronoun: Pattern[str]


class UnitPatterns(NamedTuple):
    """How one analyte's units are written."""

    written: Pattern[str]
    ids: dict[str, str]
    neutral: Pattern[str] | None
    out_of: Pattern[str] | None
    before_name: Pattern[str] | None


def alternation(phrases: Iterable[str]) -> str:
    """Return a group that matches any of the phrases, the longest first, in lower case.

    Spaces and hyphens are the same. The group is a trie, which tries each letter once.
    """
    return one_of(" ".join(re.split(r"[\s-]+", phrase.lower())) for phrase in phrases)


def one_of(texts: Iterable[str]) -> str:
    """Return a group that matches any of the texts, the longest first, as they are written."""
    root: dict[str, Any] = {}
    for text in texts:
        node = root
        for character in text:
            node = node.setdefault(character, {})
        node[_END] = r"\b" if text[-1].isalnum() else ""
    return f"(?:{_branch(root)})"


def _branch(node: dict[str, Any]) -> str:
    options = [
        (r"[\s-]+" if character == " " else re.escape(character)) + _branch(child)
        for character, child in sorted(node.items())
        if character != _END
    ]
    if _END in node:
        options.append(node[_END])
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


def _spelling(spelling: str) -> str:
    pattern = r"\s*".join(re.escape(part) for part in spelling.lower().split())
    pattern = pattern.replace("/", r"\s*/\s*")
    return pattern + ("(?![a-z0-9])" if spelling[-1].isalnum() else "")


_SPACE = r"(?:[ \t\u00a0]|\r?\n(?![ \t]*\r?\n))"


def compile_grammar(wording: Wording) -> Grammar:
    """Compile everything that does not depend on the analyte."""
    return Grammar(
        *_links(wording, oxygen=False),
        *_links(wording, oxygen=True),
        _value_patterns(wording),
        _moment_patterns(wording),
        _oxygen_patterns(wording),
        re.compile(
            rf"\b({alternation(wording.pronouns)})\s+(?={alternation(wording.pronoun_verbs)})"
            # No pronoun: "5.3 on arrival and needed nothing, fell to 2.9"
            rf"|(?:,|\band)\s+((?:{alternation(wording.movement)}\s+){{1,2}})(?=to\s)"
        ),
    )


def _links(wording: Wording, oxygen: bool) -> tuple[Pattern[str], Pattern[str]]:
    words = alternation(_link_words(wording))
    months = alternation(wording.months)
    tokens = [
        _SPACE,
        # a unit or a reference range in parentheses before the value
        r"[(\[][a-z0-9*^\u00b5]+/[a-z0-9/*^.]+[)\]]",
        r"[(\[]\s*[<>]?\s*[0-9.]+\s*(?:-\s*[0-9.]+)?\s*(?:[a-z/%]{1,8})?\s*[)\]](?=\s*:?\s*[0-9])",
        r"[:=|~\u2248(\[]",
        r"[-\u2013\u2014]+(?=\s)",
        r"(?<=\w)[-\u2013](?=[0-9])",
        r"[hl](?=\s+[0-9])",
        # dates, times and hospital days
        r"(?:on\s+|\()?[0-9]{1,2}[/-][0-9]{1,2}[/-](?:[0-9]{4}|[0-9]{2})\b\)?",
        r"on\s+[0-9]{1,2}/[0-9]{1,2}\b(?!/)",
        rf"(?:{months})\.?(?:\s+[0-9]{{1,2}}(?:st|nd|rd|th)?(?![.0-9/%]))?"
        r"(?:,?\s+(?:19|20)[0-9]{2}\b)?",
        r"in\s+(?:19|20)[0-9]{2}\b",
        r"(?:at\s+)?[0-9]{1,2}:[0-9]{2}\b(?:\s*[ap]\.?m\b\.?)?",
        r"at\s+[0-9]{1,2}\s*[ap]\.?m\b\.?",
        r"at\s+[0-9]{3,4}(?:\s*(?:hours|hrs?|h)\b)?(?=\s*(?:was|is|of|:|=))",
        r"(?:day|pod|hd)\s*#?\s*[0-9]{1,2}\b(?=\s+(?:was|is|of|at)\b)",
        rf",(?=\s*{words})",
        rf"{words}(?!-)",
        ABOUT,
    ]
    if oxygen:
        tokens[0:0] = [_flow(), alternation(_support(wording))]
    first = "(?:" + "|".join(tokens) + ")*+"
    baseline = alternation(wording.baseline)
    with_baseline = (
        r"(?:with|against|versus|vs\.?|over|above)\s+"
        rf"(?=(?:(?:an?|his|her|the|known)\s+)?{baseline})"
    )
    following = rf"(?:[;,)\]]|and\b|{with_baseline}|{ARROW.pattern}|" + "|".join(tokens) + ")*+"
    return re.compile(first), re.compile(following)


def _link_words(wording: Wording) -> set[str]:
    return {
        *wording.fillers, *wording.movement, *wording.changes, *wording.goal, *wording.baseline,
        *wording.prior.beside, *wording.prior.between, *wording.current.beside, *wording.moments,
    }  # fmt: skip


def _value_patterns(wording: Wording) -> ValuePatterns:
    comparators = alternation(_SIGNS)
    dose = alternation(wording.dose)
    sliding = r"\s*[:,=-]*\s*(?:give\s+)?[0-9]+\s*units?\b"
    rejected = (
        rf"\s+{alternation(wording.amounts)}|"
        r"[\s,;(-]{0,3}(?:(?:is|was|but|and|felt|to|be|likely|probably|sample|specimen|a)\s+){0,3}"
        + alternation(wording.rejected)
    )
    return ValuePatterns(
        start=re.compile(
            rf"(?:(?P<comparator>{comparators})\s*)?(?:{ABOUT}\s*)?(?P<number>{NUMBER})"
        ),
        second=re.compile(rf"(?:{ABOUT}\s*)?(?P<number>{NUMBER})"),
        not_bare=re.compile(
            rf"[.,]?[0-9]|[%a-z\u00b0'\"#+]|:[0-9]|-[a-z0-9]|[ \t]?\+|[ \t]*-?[ \t]*{dose}|[ \t]*%"
            rf"|[ \t]*/(?!\s*(?:p\b|palp|dop))|{sliding}|{rejected}"
        ),
        not_with_unit=re.compile(rf"[0-9a-z]|\s*/\s*[0-9a-z]|{sliding}|{rejected}"),
    )


def _moment_patterns(wording: Wording) -> MomentPatterns:
    goal, baseline = alternation(wording.goal), alternation(wording.baseline)
    prior, current = wording.prior, wording.current
    goals, conditions = alternation(wording.goal_before), alternation(wording.condition_before)
    movement = alternation(wording.movement)
    months = alternation(wording.months)
    few = r"(?:[a-z']+[\s,:]+){0,2}$"
    year = r"(?:19|20)[0-9]{2}\b"
    span = r"(?:hour|hr|day|week|wk|month|year|yr)s?"
    amount = r"(?:[0-9]+|a|an|one|two|three|four|five|six|several|few|couple\s+of)"
    lead = (
        r"(?:(?:which|that|is|was|his|her|their|the|patient's|at|about|near|around|back|from|on|"
        r"in|as|approximately|only)\s+){0,4}"
    )
    return MomentPatterns(
        goal=re.compile(rf"\b{goal}"),
        baseline=re.compile(rf"\b{baseline}"),
        off_baseline=re.compile(
            rf"\bfrom\s+(?:[a-z']+\s+){{0,2}}{baseline}\b.*\b(?:to|at|now|today|is)\b"
        ),
        prior=re.compile(rf"\b{alternation(prior.beside)}"),
        cue=re.compile(
            rf"(?P<prior>\b{alternation((*prior.beside, *prior.between))})"
            rf"|(?P<current>{ARROW.pattern}|\b{alternation(current.beside)})"
        ),
        extreme_last=re.compile(rf"\b{alternation(wording.extremes)}\s+of\W*(?:{ABOUT}\s*)?$"),
        changed=re.compile(rf"\b(?:{movement}|{alternation(wording.changes)})"),
        change_last=re.compile(rf"\b(?:{movement}|(?<!followed )by\b)[\s,:]*(?:{ABOUT}\s*)?$"),
        change_before=re.compile(rf"\b{alternation(wording.changes)}\s+(?:in|of)\s+{few}"),
        before=re.compile(
            r"\b"
            + alternation((*wording.goal_before, *wording.baseline, *prior.before, *wording.months))
        ),
        goal_before=re.compile(rf"\b{goals}[^.;0-9]{{0,60}}$"),
        limit_before=re.compile(
            rf"\b(?:{goals}(?:[^.;]|\.(?=[0-9])){{0,60}}|{conditions}[^.;,0-9]{{0,30}})$"
        ),
        instruction_before=re.compile(
            rf"\b{alternation(wording.instruction_before)}[^.;]{{0,300}}$"
        ),
        negation_before=re.compile(rf"\b{alternation(wording.negation_before)}[^.;0-9]{{0,40}}$"),
        baseline_before=re.compile(rf"\b{baseline}\s+{few}"),
        prior_before=re.compile(
            # "A 70-year-old with a creatinine of 3.1" tells of today.
            r"(?:\b(?<!year-)(?<!year )(?<!years-)(?<!years )(?<!yr )(?<!y/o )"
            rf"{alternation(prior.before)}(?!\s+to\b)"
            rf"|\b{months}\.?,?\s+(?:of\s+)?{year},?)\s+{few}"
        ),
        after=re.compile(
            rf"[\s,(]*{lead}(?:(?P<baseline>{baseline})|(?P<goal>{goal})"
            rf"|(?P<prior>{alternation(prior.after)}"
            rf"|{amount}\s+{span}\s+(?:ago|prior|earlier|before|back)\b"
            rf"|(?<=in\s)(?:(?:early|late|mid)\s+)?{months}(?!\s+[0-9]{{1,2}}(?![0-9]))"
            rf"|(?<=in\s){year})"
            rf"|(?P<current>{alternation(current.after)})"
            rf"|(?P<moment>{alternation(wording.moments)}"
            r"|(?<=on\s)(?:(?:hospital|postoperative|post-op|postop)\s+)?day\s*#?\s*[0-9]{1,2}\b"
            r"|(?<=on\s)[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?\b"
            r"|(?<=\()[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?(?=\))))"
        ),
        duration=re.compile(
            rf"\s+(?:(?:in|over|within)\s+(?:the\s+)?(?:last\s+|past\s+)?(?:{amount}\s+)?{span}\b"
            r"|overnight\b)"
        ),
    )


def _oxygen_patterns(wording: Wording) -> OxygenPatterns:
    support = alternation(_support(wording))
    kinds = {
        " ".join(re.split(r"[\s-]+", phrase.lower())): kind
        for kind, phrases in wording.oxygen.support.items()
        for phrase in phrases
    }
    flow = rf"(?P<flow>{NUMBER}(?:\s*(?:-|to)\s*{NUMBER})?)(?P<unit>{_LITERS})"
    given = rf"(?:{flow}|(?P<support>{support}))"
    without = alternation(wording.oxygen.support[wording.oxygen.without])
    words = rf"(?:(?:{ABOUT}|his|her|the|a|home|just|usual|baseline|chronic)\s+){{0,3}}"
    before = r"(?:(?:saturation|while|when|at\s+rest,?|still|and|currently|breathing)\s+){0,2}"
    return OxygenPatterns(
        beside=re.compile(
            rf"\s*[,(]?\s*{before}(?:(?:on|via|with|by|breathing)\s+{words}"
            rf"(?:{given}|(?P<fraction>{WRITTEN})\s*%)"
            rf"|(?P<without>{without}))"
            rf"|[ \t]+(?P<direct>{support})(?!\s+(?:of|at|is|was)?\s*[0-9])"
            rf"|\s*\(?\s*(?P<near>{NUMBER})(?P<near_unit>{_LITERS})"
        ),
        within=re.compile(given),
        before=re.compile(
            rf"(?:{flow}\s+(?:(?:of|by|via|per|home|supplemental)\s+){{0,2}})?(?P<support>{support})"
            rf"(?:\s+(?:by|via|per)\s+{support})?[\s,]*$"
        ),
        support=kinds,
    )


_LITERS = r"\s*-?\s*(?:l|liters?|litres?|lpm)(?![a-z])(?:\s*/\s*min(?:ute)?|\s+per\s+minute)?"


def _flow() -> str:
    return rf"{NUMBER}{_LITERS}(?:\s+(?:of|by|via)\b)?"


def _support(wording: Wording) -> list[str]:
    return [phrase for phrases in wording.oxygen.support.values() for phrase in phrases]


def unit_patterns(analyte: Analyte, spellings: dict[str, Phrases]) -> UnitPatterns:
    """Return how the units of an analyte are written in notes."""
    ids: dict[str, str] = {}
    patterns: set[str] = set()
    for unit, use in analyte.units.items():
        written = use.only_written
        if written is None:
            written = (*spellings.get(unit, ()), *use.also_written)
        for spelling in written:
            ids.setdefault(squeeze(spelling), unit)
            patterns.add(_spelling(spelling))
    group = "|".join(sorted(patterns, key=lambda pattern: (-len(pattern), pattern)))
    unit_group = rf"(?:{group})" if group else "(?!)"
    neutral = rf"\s*{alternation(analyte.neutral)}" if analyte.neutral else ""
    out_of = rf"\s*(?:/|out\s+of)\s*{analyte.out_of}(?![0-9])" if analyte.out_of else ""
    return UnitPatterns(
        written=re.compile(rf"\s*-?\s*({unit_group})"),
        ids=ids,
        neutral=re.compile(neutral) if neutral else None,
        out_of=re.compile(out_of) if out_of else None,
        before_name=_before_name(unit_group) if analyte.after_value else None,
    )


def _before_name(unit: str) -> Pattern[str]:
    """Return a value that ends where the name of its analyte starts ("94 % on room air")."""
    number = rf"(?P<low>{NUMBER})(?:\s*(?:-|\u2013|to)\s*(?P<high>{NUMBER}))?"
    words = (
        r"(?:of|on|by|via|per|with|the|a|her|his|supplemental|home|continuous|unintentional|"
        r"unintended|intentional|total|estimated|left|ventricular|weight|saturated|saturation|"
        r"while|when)"
    )
    return re.compile(
        rf"(?<![\w.,/:$#-])(?:(?P<comparator>{alternation(_SIGNS)})\s*)?{number}"
        rf"\s*-?\s*(?P<unit>{unit})(?:\s*(?:{words}\b\s*){{0,3}}|\s*-\s*)$"
    )


def squeeze(spelling: str) -> str:
    """Return a unit as it is looked up: lower case, no spaces."""
    return "".join(spelling.lower().split())


def separator(words: Phrases) -> Pattern[str]:
    """Return what stands between the numbers of a panel."""
    return re.compile(rf"\s*(?:{'|'.join(_separating(word) for word in words)})\s*")


def _separating(word: str) -> str:
    return rf"\b{word}\b" if word.isalpha() else re.escape(word)
