"""The checks of a letter's structure, found in :mod:`cdi.compliance.checks`.

Each is one module with ``RULES`` (the practice rules it owns), ``LEVEL``, and ``check(draft)``,
which yields violations. A new check is a new file there and nothing else.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module

from cdi.compliance import checks
from cdi.compliance.draft import Draft, span_of
from cdi.domain.letter import Level, Violation


@dataclass(frozen=True)
class StructuralCheck:
    """One module of :mod:`cdi.compliance.checks`.

    Attributes:
        name: the module's name.
        rules: the practice rules whose violations it reports.
        level: what such a violation does.
        check: yields them.
        documentation: the module's docstring.
    """

    name: str
    rules: tuple[str, ...]
    level: Level
    check: Callable[[Draft], Iterable[Violation]]
    documentation: str

    def run(self, draft: Draft) -> Iterator[Violation]:
        """Yield the violations, each with the place of its words and the source of the rule."""
        for violation in self.check(draft):
            yield replace(
                violation,
                span=violation.span or span_of(draft, violation.where, violation.text),
                source=self.source,
            )

    @property
    def source(self) -> str:
        """What stands under "Source:" in the documentation."""
        _, _, source = self.documentation.partition("Source:")
        return " ".join(source.split()).rstrip(".")


@cache
def structural_checks() -> tuple[StructuralCheck, ...]:
    """Return every structural check, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(checks.__path__))
    return tuple(_load(name) for name in names)


def _load(name: str) -> StructuralCheck:
    module = import_module(f"{checks.__name__}.{name}")
    return StructuralCheck(name, module.RULES, module.LEVEL, module.check, module.__doc__ or "")
