"""The whole of ``models/``: conditions, shared language, vocabulary and analytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cdi import resources
from cdi.errors import CdiError, RuleError
from cdi.rules.abbreviations import AbbreviationPack, load_abbreviations
from cdi.rules.chances import Chances
from cdi.rules.condition import Condition, build_condition
from cdi.rules.language import CuePack, load_cues
from cdi.rules.loader import did_you_mean, read_document
from cdi.rules.measurements import Analytes, load_analytes
from cdi.rules.sections import SectionPack, load_sections
from cdi.rules.thresholds import canonical, quantities
from cdi.rules.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True)
class Catalogue:
    """Everything the rule authors wrote, checked.

    Attributes:
        conditions: by id, in alphabetical order.
        vocabulary: phrase lists that conditions share.
        cues, sections, abbreviations: the language every condition shares.
        analytes: what can be measured.
    """

    conditions: Mapping[str, Condition]
    vocabulary: Vocabulary
    cues: CuePack
    sections: SectionPack
    abbreviations: AbbreviationPack
    analytes: Analytes

    @cached_property
    def contests(self) -> tuple[str, ...]:
        """The conditions whose rules judge the statements about all others."""
        return tuple(name for name, c in self.conditions.items() if c.contests)

    @cached_property
    def chances(self) -> Chances:
        """Which conditions are worth judging, by what is so much as mentioned."""
        return Chances(self.conditions, self.analytes)

    def condition(self, name: str) -> Condition:
        """Return a condition by id.

        Raises:
            RuleError: there is none; names the closest.
        """
        if name not in self.conditions:
            hint = did_you_mean(name, self.conditions)
            raise RuleError(f"there is no condition `{name}`{hint}")
        return self.conditions[name]

    def restricted(self, names: Iterable[str]) -> Catalogue:
        """Return a catalogue of these conditions and those their sentences refer to."""
        wanted: dict[str, Condition] = {}
        queue = list(names)
        while queue:
            condition = self.condition(queue.pop())
            if condition.id in wanted:
                continue
            wanted[condition.id] = condition
            queue += [name.partition(".")[0] for name in condition.foreign_names]
            queue += condition.spec.yields_to
            if condition.contests:
                queue += self.conditions
        return Catalogue(
            {name: wanted[name] for name in sorted(wanted)},
            self.vocabulary,
            self.cues,
            self.sections,
            self.abbreviations,
            self.analytes,
        )


@lru_cache(maxsize=4)
def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read and check the rule packs.

    Args:
        folder: another ``models`` folder; the installed one if None.

    Raises:
        RuleError: the first mistake found, with file, line and key.
    """
    root = folder or resources.models()
    return assemble(root, sorted((root / "conditions").glob("*/*.yaml")))


def assemble(root: Path, condition_files: Iterable[Path]) -> Catalogue:
    """Build a catalogue of the shared packs in ``root`` and the given condition files."""
    vocabulary = load_vocabulary(root / "vocabulary")
    conditions: dict[str, Condition] = {}
    for path in condition_files:
        condition = build_condition(read_document(path), path.parent.name, vocabulary)
        if condition.id in conditions:
            other = conditions[condition.id].document.path
            raise RuleError(f"the id `{condition.id}` is already used by {other}", path=path)
        conditions[condition.id] = condition
    catalogue = Catalogue(
        conditions={name: conditions[name] for name in sorted(conditions)},
        vocabulary=vocabulary,
        cues=load_cues(root / "language"),
        sections=load_sections(root / "language" / "sections.yaml"),
        abbreviations=load_abbreviations(root / "language" / "abbreviations.yaml"),
        analytes=load_analytes(root / "measurements"),
    )
    for condition in catalogue.conditions.values():
        _check_against(catalogue, condition)
    return catalogue


def _check_against(catalogue: Catalogue, condition: Condition) -> None:
    """Check what one condition says of the rest of the catalogue."""
    document, spec = condition.document, condition.spec
    for name, indicator in spec.indicators.items():
        at = ("indicators", name)
        if indicator.measurement and indicator.measurement not in catalogue.analytes:
            hint = did_you_mean(indicator.measurement, catalogue.analytes)
            message = f"there is no analyte `{indicator.measurement}`{hint}"
            raise document.error(message, (*at, "measurement"))
        for key, quantity in quantities(indicator):
            try:
                canonical(quantity, catalogue.analytes[indicator.measurement or ""])
            except CdiError as error:
                raise document.error(str(error), (*at, key)) from error
        for kind in (*indicator.sections, *indicator.not_sections):
            if kind not in catalogue.sections.kinds:
                hint = did_you_mean(kind, catalogue.sections.kinds)
                raise document.error(f"there is no section kind `{kind}`{hint}", at)
    for rule in condition.contests:
        contest = rule.spec.contest
        for kind in (*contest.sections, *contest.concluding) if contest else ():
            if kind and kind not in catalogue.sections.kinds:  # "" is text under no heading
                hint = did_you_mean(kind, catalogue.sections.kinds)
                message = f"there is no section kind `{kind}`{hint}"
                raise document.error(message, ("findings", rule.id, "contest"))
    for name in spec.yields_to:
        if name not in catalogue.conditions:
            hint = did_you_mean(name, catalogue.conditions)
            raise document.error(f"there is no condition `{name}`{hint}", ("yields_to",))
    for name in sorted(condition.foreign_names):
        owner, _, rest = name.partition(".")
        if owner not in catalogue.conditions:
            hint = did_you_mean(owner, catalogue.conditions)
            raise document.error(f"`{name}`: there is no condition `{owner}`{hint}")
        if rest not in catalogue.conditions[owner].names:
            hint = did_you_mean(rest, catalogue.conditions[owner].names)
            raise document.error(f"`{name}`: `{owner}` has no name `{rest}`{hint}")
