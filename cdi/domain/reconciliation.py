"""Comparing what was clarified in a stay with the codes it was finally given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdi.domain.coding import Clarification, Comparison, Difference, FinalCode
from cdi.domain.query import Outcome

_ORDER = tuple(Difference)


def compare_codings(
    clarified: Sequence[Clarification], final: Sequence[FinalCode]
) -> tuple[Comparison, ...]:
    """Return a line for each clarified condition and each final code, differences first.

    A final code counts as another code for the same diagnosis if it is of the category of the
    clarified code or of one that the condition may have. A code of a condition that was asked
    about and not affirmed (ruled out, undetermined, unanswered) is coded, but not clarified.
    """
    left = list(final)
    lines: list[Comparison] = []
    affirmed = [c for c in clarified if c.outcome is not None and c.outcome.names_diagnosis]
    waiting = []
    for one in affirmed:
        same = next((code for code in left if _is_same(code, one)), None)
        if same is None:
            waiting.append(one)
            continue
        left.remove(same)
        differs = one.poa is not None and same.poa is not None and one.poa is not same.poa
        kind = Difference.POA_DIFFERS if differs else Difference.NONE
        lines.append(Comparison(kind, one, same))
    for one in waiting:
        akin = next((code for code in left if _is_akin(code, one)), None)
        if akin is not None:
            left.remove(akin)
        kind = Difference.CODE_DIFFERS if akin is not None else Difference.NOT_CODED
        lines.append(Comparison(kind, one, akin))
    lines += _unclarified([c for c in clarified if c not in affirmed], left)
    return tuple(sorted(lines, key=lambda line: _ORDER.index(line.difference)))


def _unclarified(others: Sequence[Clarification], left: list[FinalCode]) -> Iterable[Comparison]:
    for code in left:
        asked = next((one for one in others if _is_akin(code, one)), None)
        kind = Difference.NOT_CLARIFIED if asked is not None else Difference.NONE
        yield Comparison(kind, asked, code)
    for one in others:
        settled = one.outcome in {Outcome.RULED_OUT, Outcome.NOT_SIGNIFICANT}
        if settled and not any(_is_akin(code, one) for code in left):
            yield Comparison(Difference.NONE, one, None)


def _is_same(code: FinalCode, one: Clarification) -> bool:
    """Tell whether a code is that of a diagnosis; one without a code takes any akin."""
    return code.code == one.code if one.code else _is_akin(code, one)


def _is_akin(code: FinalCode, one: Clarification) -> bool:
    category = code.code[:3]
    return category in one.families or (bool(one.code) and one.code[:3] == category)
