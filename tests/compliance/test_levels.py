"""What each rule does to a letter it finds fault with."""

from __future__ import annotations

from cdi.compliance import load_pack
from cdi.compliance.structure import structural_checks
from cdi.domain.letter import Level
from cdi.rules.catalogue import load_catalogue

BLOCK = "Q01 Q02 Q06 Q07 Q08 Q09 Q10 Q12 Q16 Q17 Q21 Q39"
# Stops the letter unless a manager gives a reason. Steering away from a complication (Q26) wants
# a second reader in any case.
OVERRIDE = "Q03 Q04 Q05 Q11 Q13 Q15 Q22 Q24 Q25 Q26 Q35"
# The recipient (Q23) is judged by the names on notes, and an attending may not have written yet.
WARN = "Q14 Q18 Q19 Q20 Q23 Q27 Q28 Q38 Q40"
EXPECTED = {
    rule: level
    for rules, level in ((BLOCK, Level.BLOCK), (OVERRIDE, Level.OVERRIDE), (WARN, Level.WARN))
    for rule in rules.split()
}


def test_every_rule_that_is_judged_has_its_level() -> None:
    told: dict[str, set[Level]] = {}
    for phrase in load_pack(load_catalogue()).phrases:
        told.setdefault(phrase.rule.code, set()).add(phrase.rule.level)
    for check in structural_checks():
        for rule in check.rules:
            # Of a check of two rules the second is what its level is about.
            level = Level.WARN if rule == "Q20" else check.level
            told.setdefault(rule, set()).add(level)
    assert {rule: levels.pop() for rule, levels in told.items() if len(levels) == 1} == EXPECTED
    assert set(told) == set(EXPECTED)
