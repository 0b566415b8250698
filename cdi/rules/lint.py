"""House rules of condition files, beyond what makes them loadable."""

from __future__ import annotations

from collections.abc import Iterator

from cdi.rules.condition import Condition

_LEAST_SHOWN = 4


def lint_condition(condition: Condition) -> Iterator[str]:
    """Yield one warning a line, "file:line: key: what", for each broken house rule."""
    document, spec = condition.document, condition.spec
    shown = {name for example in spec.examples for name in example.expect}
    for name in spec.findings:
        if name not in shown:
            yield str(document.error("no example shows this finding", ("findings", name)))
    firing = sum(1 for example in spec.examples if example.expect)
    silent = len(spec.examples) - firing
    for count, kind in ((firing, "firing"), (silent, "silent")):
        if count < _LEAST_SHOWN:
            message = f"{count} {kind} examples; at least {_LEAST_SHOWN} are expected"
            yield str(document.error(message, ("examples",)))
    names = [example.name for example in spec.examples]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield str(document.error(f"two examples are called `{name}`", ("examples",)))
    for key, finding in spec.findings.items():
        if not finding.options:
            yield str(document.error("offers no option", ("findings", key)))
