"""A condition ready for use: phrases expanded, sentences parsed, every name checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from cdi.domain.finding import QueryType
from cdi.errors import RuleError
from cdi.rules.expression import ExpressionError, Sentence, parse
from cdi.rules.loader import Document, did_you_mean, validate
from cdi.rules.phrases import expand
from cdi.rules.rule import Rule
from cdi.rules.rule_names import RuleNames, expanded, rule_names
from cdi.rules.schema import ConditionSpec, Exclusive, FindingSpec, Phrases
from cdi.rules.vocabulary import Vocabulary, take_in

# Names every sentence may use besides those of its own file.
BUILT_IN = ("documented", "considered", "denied", "vague", "historical", "onset_unclear")
# Names of a finding with `contest`: a statement, and the one that excludes it.
STATED, CONTRADICTED = "stated", "contradicted"
# Up to this many words may stand in the gap of "first ... second".
GAP_WORDS = 6
_GAP = " ... "


class Term(NamedTuple):
    """A phrase to look for.

    Attributes:
        name: term group, axis, group or indicator it makes true.
        value: the axis value, else "".
        phrase: what the gate looks for.
        exact: the text must have exactly these capitals.
        rest: what must follow: parts, each after a gap of a few words, each with its
            alternative wordings; empty without a gap.
    """

    name: str
    value: str
    phrase: str
    exact: bool
    rest: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Condition:
    """A condition file, checked; its rules stand in the order in which they may speak."""

    spec: ConditionSpec
    document: Document
    system: str
    terms: tuple[Term, ...]
    rules: tuple[Rule, ...]
    facts: Mapping[str, Sentence]

    @cached_property
    def id(self) -> str:
        """The condition's id, equal to the stem of its file."""
        return self.spec.id

    @cached_property
    def axis_names(self) -> Mapping[str, str]:
        """Name in sentences ("organ_dysfunction") -> axis ("organ dysfunction")."""
        return {axis.replace(" ", "_"): axis for axis in self.spec.axes}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name a sentence may use of this condition."""
        spec = self.spec
        own = {*BUILT_IN, *spec.groups, *self.axis_names, *spec.indicators, *spec.facts}
        return frozenset(own | {STATED, CONTRADICTED} if self.contests else own)

    @cached_property
    def contests(self) -> tuple[Rule, ...]:
        """Its rules that judge the statements about every other condition."""
        return tuple(rule for rule in self.rules if rule.spec.contest)

    @cached_property
    def exclusive(self) -> Mapping[str, tuple[Exclusive, ...]]:
        """Name of each axis in sentences -> its values that contradict each other."""
        axes = self.axis_names.items()
        return {
            name: self.spec.axes[axis].exclusive
            for name, axis in axes
            if self.spec.axes[axis].exclusive
        }

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Name -> the mentions that alone can make it true; other names are not among them."""
        sources = dict.fromkeys(BUILT_IN, "documented") | {"vague": "vague"}
        sources |= {name: name for name in self.spec.groups}
        for name, indicator in self.spec.indicators.items():
            if indicator.terms or indicator.mention:
                sources[name] = indicator.mention or name
        return sources

    @cached_property
    def told_by(self) -> Mapping[str, frozenset[str]]:
        """Name of a mention -> the names that it may make true."""
        names: dict[str, set[str]] = {}
        for name, source in self.sources.items():
            names.setdefault(source, set()).add(name)
        for axis in self.axis_names:
            names.setdefault(axis, set()).add(axis)
        for name, indicator in self.spec.indicators.items():
            if indicator.drugs:
                names.setdefault(name, set()).add(name)
            elif indicator.device:  # counts only where the condition is documented
                names.setdefault("documented", set()).add(name)
        return {source: frozenset(told) for source, told in names.items()}

    @cached_property
    def drugs(self) -> frozenset[str]:
        """The indicators that a medication makes true, whatever the notes say."""
        return frozenset(name for name, i in self.spec.indicators.items() if i.drugs)

    @cached_property
    def rule_names(self) -> Mapping[str, RuleNames]:
        """Rule -> the names it uses, by what for."""
        return {rule.id: rule_names(rule, self.spec, self.facts) for rule in self.rules}

    @cached_property
    def affirmed(self) -> Mapping[str, tuple[str, ...]]:
        """Fact -> the names whose truth speaks for it, none of them a fact."""
        return {name: expanded((name,), self.facts) for name in self.facts}

    @cached_property
    def headings(self) -> Mapping[str, str]:
        """Indicator -> the heading its evidence stands under."""
        return {name: indicator.group.value for name, indicator in self.spec.indicators.items()}

    @cached_property
    def analytes(self) -> frozenset[str]:
        """The analytes its indicators test."""
        indicators = self.spec.indicators.values()
        return frozenset(i.measurement for i in indicators if i.measurement)

    @cached_property
    def foreign_names(self) -> frozenset[str]:
        """Names of other conditions that the sentences use ("stroke.documented")."""
        return frozenset(n for sentence in self.sentences() for n in sentence.names() if "." in n)

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence of the file."""
        yield from self.facts.values()
        for rule in self.rules:
            yield rule.when
            yield from rule.missing_when.values()


def build_condition(document: Document, system: str, vocabulary: Vocabulary) -> Condition:
    """Check one condition file and prepare it.

    Raises:
        RuleError: with file, line, key and what was expected.
    """
    spec = validate(ConditionSpec, document)
    if spec.id != document.path.stem:
        raise document.error(f"the id must equal the file name `{document.path.stem}`", ["id"])
    _check_name_clashes(spec, document)
    condition = Condition(
        spec=spec,
        document=document,
        system=system,
        terms=tuple(_terms(spec, document, vocabulary)),
        rules=tuple(
            sorted(
                (_rule(document, key, finding) for key, finding in spec.findings.items()),
                key=attrgetter("precedence"),
            )
        ),
        facts={
            name: _sentence(document, text, ("facts", name)) for name, text in spec.facts.items()
        },
    )
    _check_names(condition)
    return condition


def _rule(document: Document, key: str, finding: FindingSpec) -> Rule:
    at = ("findings", key)
    return Rule(
        id=key,
        spec=finding,
        when=_sentence(document, finding.when, (*at, "when")),
        missing_when={
            axis: _sentence(document, text, (*at, "missing_when", axis))
            for axis, text in finding.missing_when.items()
        },
    )


def _sentence(document: Document, text: str, key: tuple[str, ...]) -> Sentence:
    try:
        return parse(text)
    except ExpressionError as error:
        raise document.error(str(error), key) from error


def _terms(spec: ConditionSpec, document: Document, vocabulary: Vocabulary) -> Iterator[Term]:
    for name, value, phrases, key in _phrase_lists(spec):
        try:
            taken = take_in(phrases, vocabulary)
        except RuleError as error:
            raise document.error(error.message, key) from error
        seen: set[str] = set()
        for phrase in taken:
            try:
                # Parts of a phrase with gaps are expanded apart: their wordings add up instead
                # of multiplying.
                first, *rest = map(expand, phrase.split(_GAP))
            except ValueError as error:
                raise document.error(str(error), key) from error
            for wording in first:
                term = _term(name, value, wording, tuple(rest))
                # A phrase with a gap asks for more; it does not make its first part known.
                if term.rest:
                    yield term
                elif term.phrase not in seen:
                    seen.add(term.phrase)
                    yield term


def _phrase_lists(spec: ConditionSpec) -> Iterator[tuple[str, str, Phrases, tuple[str, ...]]]:
    for name in ("documented", "vague", "ignore"):
        yield name, "", getattr(spec.terms, name), ("terms", name)
    for name, phrases in spec.groups.items():
        yield name, "", phrases, ("groups", name)
    for axis, axis_spec in spec.axes.items():
        for value, phrases in axis_spec.values.items():
            yield axis.replace(" ", "_"), value, phrases, ("axes", axis, "values", value)
    for name, indicator in spec.indicators.items():
        kind = "terms" if indicator.terms else "drugs"
        yield name, "", indicator.terms or indicator.drugs, ("indicators", name, kind)


def _term(name: str, value: str, phrase: str, rest: tuple[tuple[str, ...], ...]) -> Term:
    exact = phrase.startswith("=")
    if exact:
        phrase = phrase[1:]
    # Two capitals are too often an ordinary word or a name to be matched in any case.
    exact = exact or (len(phrase) <= 2 and phrase.isupper() and phrase.isalpha())
    return Term(name, value, phrase, exact, rest)


def _check_name_clashes(spec: ConditionSpec, document: Document) -> None:
    owners: dict[str, str] = dict.fromkeys(BUILT_IN, "a built-in name")
    for part in ("groups", "axes", "indicators", "facts"):
        for name in getattr(spec, part):
            key = name.replace(" ", "_")
            if key in owners:
                raise document.error(f"`{key}` is already {owners[key]}", [part, name])
            owners[key] = f"defined under `{part}`"


def _check_names(condition: Condition) -> None:
    spec, document = condition.spec, condition.document
    own = condition.names
    used: set[str] = set()

    def check(names: tuple[str, ...], key: tuple[str, ...], known: frozenset[str] = own) -> None:
        used.update(names)
        for name in names:
            if "." not in name and name not in known:
                raise document.error(f"`{name}` is not defined{did_you_mean(name, known)}", key)

    for name, sentence in condition.facts.items():
        check(sentence.names(), ("facts", name), own - {name})
        _check_values(condition, sentence, ("facts", name))
    for rule in condition.rules:
        at = ("findings", rule.id)
        check(rule.when.names(), (*at, "when"))
        _check_values(condition, rule.when, (*at, "when"))
        check(rule.spec.show, (*at, "show"))
        check(rule.spec.against, (*at, "against"))
        for axis in (*rule.spec.missing, *rule.spec.missing_when):
            if axis not in spec.axes:
                hint = did_you_mean(axis, spec.axes)
                raise document.error(f"there is no axis `{axis}`{hint}", (*at, "missing"))
            used.add(axis.replace(" ", "_"))
        for axis, sentence in rule.missing_when.items():
            check(sentence.names(), (*at, "missing_when", axis))
        if rule.spec.contest:
            contest = rule.spec.contest
            check((contest.refuted, contest.settled), (*at, "contest"), frozenset(spec.indicators))
        for index, option in enumerate(rule.spec.options):
            check(option.needs, (*at, "options", str(index), "needs"))
        asks = rule.spec.missing or rule.spec.missing_when or "vague" in rule.when.names()
        if rule.spec.type is QueryType.SPECIFICITY and not asks:
            raise document.error("a specificity finding names the `missing` axes", at)
    _check_exclusive(condition)
    for index, example in enumerate(spec.examples):
        for name in example.expect:
            if name not in spec.findings:
                hint = did_you_mean(name, spec.findings)
                key = ("examples", str(index), "expect", name)
                raise document.error(f"there is no finding `{name}`{hint}", key)
    for part in ("groups", "indicators", "facts"):
        for name in getattr(spec, part):
            if name not in used:
                raise document.error(
                    f"`{name}` is defined but no sentence, `show`, `against` or option uses it",
                    (part, name),
                )


def _check_exclusive(condition: Condition) -> None:
    axes = condition.spec.axes
    for name, axis in axes.items():
        for number, exclusive in enumerate(axis.exclusive):
            key = ("axes", name, "exclusive", str(number))
            for part, chosen, known in (
                ("value", (*exclusive.values, *exclusive.joint), axis.values),
                ("axis", exclusive.same, axes),
            ):
                for word in chosen:
                    if word not in known:
                        hint = did_you_mean(word, known)
                        raise condition.document.error(f"there is no {part} `{word}`{hint}", key)


def _check_values(condition: Condition, sentence: Sentence, key: tuple[str, ...]) -> None:
    for comparison in sentence.comparisons():
        axis = condition.axis_names.get(comparison.name)
        if axis is None:
            if "." in comparison.name:
                continue
            raise condition.document.error(f"`{comparison.name}` is not an axis", key)
        known = condition.spec.axes[axis].values
        for value in sorted(comparison.values):
            if value not in known:
                hint = did_you_mean(value, known)
                raise condition.document.error(f"axis `{axis}` has no value `{value}`{hint}", key)
