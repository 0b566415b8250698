"""The answers a question offers: those the quoted facts support, and always a way out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from cdi.domain.finding import EvidenceRole, QueryType
from cdi.domain.letter import LetterForm, Option, OptionKind
from cdi.letters.facts import Fact
from cdi.rules.expression import Sentence
from cdi.rules.schema import FindingSpec, OptionSpec

_OTHER = Option("Other (please specify)", OptionKind.OTHER)
_UNDETERMINED = Option("Unable to determine", OptionKind.UNDETERMINED)
_YES_NO = (Option("Yes", OptionKind.YES), Option("No", OptionKind.NO))
# The fixed pattern of clinical validation (practice rule Q25), where a rule file leaves it out.
_CONFIRMED = OptionSpec(text="Diagnosis confirmed (please specify the supporting findings)")
_RULED_OUT = OptionSpec(text="Diagnosis ruled out", kind=OptionKind.RULED_OUT)


def needed_names(spec: FindingSpec, facts: Mapping[str, Sentence]) -> frozenset[str]:
    """Return the names of indicators that the options lean on, named facts resolved."""
    return frozenset(name for option in spec.options for name in _leaves(option.needs, facts))


def answer_options(
    spec: FindingSpec, quoted: Sequence[Fact], facts: Mapping[str, Sentence]
) -> tuple[Option, ...]:
    """Return the options in the order of the rule file, those without support left out.

    "Other" and "Unable to determine" end every list; a yes/no on presence on admission has no
    "Other" (ICD-10-CM Official Guidelines, appendix I, knows yes, no and undetermined). Empty for
    an open question and where no answer is supported.

    Args:
        spec: the finding as its rule file describes it.
        quoted: the facts the question quotes.
        facts: the named facts of the rule file, which options may lean on.
    """
    if spec.form is LetterForm.OPEN_ENDED:
        return ()
    options = tuple(_supported(_offered(spec), quoted, facts))
    if _asks_for_validation(spec) and not any(o.kind is OptionKind.DIAGNOSIS for o in options):
        # None of the rule's own wordings is supported; the diagnosis may still be kept.
        options = (*_supported(iter((_CONFIRMED,)), quoted, facts), *options)
    if spec.form is LetterForm.YES_NO:
        ways_out = (_UNDETERMINED,) if spec.type is QueryType.POA else (_OTHER, _UNDETERMINED)
        return (*(options or _YES_NO), *ways_out)
    if not any(option.kind in _ANSWERS for option in options):
        return ()
    return (*options, _OTHER, _UNDETERMINED)


_ANSWERS = frozenset({OptionKind.DIAGNOSIS, OptionKind.RULED_OUT, OptionKind.YES})


def _asks_for_validation(spec: FindingSpec) -> bool:
    return spec.type is QueryType.VALIDATION and spec.form is LetterForm.MULTIPLE_CHOICE


def _offered(spec: FindingSpec) -> Iterator[OptionSpec]:
    always_added = {OptionKind.OTHER, OptionKind.UNDETERMINED}
    written = [option for option in spec.options if option.kind not in always_added]
    if _asks_for_validation(spec):
        kinds = {option.kind for option in written}
        if OptionKind.DIAGNOSIS not in kinds:
            yield _CONFIRMED
        yield from written
        if OptionKind.RULED_OUT not in kinds:
            yield _RULED_OUT
    else:
        yield from written


def _supported(
    offered: Iterator[OptionSpec], quoted: Sequence[Fact], facts: Mapping[str, Sentence]
) -> Iterator[Option]:
    for option in offered:
        support = _support(option, quoted, facts)
        if option.needs and not support:
            continue
        shown = support if option.kind in _ANSWERS else ()
        yield Option(option.text, option.kind, shown, option.code)


def _support(
    option: OptionSpec, quoted: Sequence[Fact], facts: Mapping[str, Sentence]
) -> tuple[str, ...]:
    """Return the ids of the facts behind an option; the trigger stands behind one without needs."""
    if option.needs:
        names = _leaves(option.needs, facts)
        return tuple(fact.indicator.id for fact in quoted if not names.isdisjoint(fact.names))
    triggers = [fact for fact in quoted if EvidenceRole.TRIGGER in fact.roles]
    return tuple(fact.indicator.id for fact in triggers or quoted)


def _leaves(names: Collection[str], facts: Mapping[str, Sentence]) -> frozenset[str]:
    """Replace named facts by the names whose truth speaks for them."""
    leaves: set[str] = set()
    queue = list(names)
    seen: set[str] = set()
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in facts:
            queue.extend(facts[name].affirmed())
        else:
            leaves.add(name)
    return frozenset(leaves)
