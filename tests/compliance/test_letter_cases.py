"""Letters made up and labelled for these tests: each breaks exactly the rules it is said to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from letter_cases import DATA, build

from cdi.letters.json_form import read_letter
from cdi.workflow.letter_check import check_letter

CASES = [
    pytest.param(base, rules, changes, id=f"{number:02d} {base}: {shows}")
    for number, (base, rules, changes, shows) in enumerate(DATA["cases"], 1)
]


@pytest.mark.parametrize(("base", "rules", "changes"), CASES)
def test_a_letter_breaks_exactly_the_rules_it_is_said_to(
    base: str, rules: list[str], changes: dict[str, Any]
) -> None:
    found = check_letter(read_letter(json.dumps(build(base, changes))))
    told = [(v.rule, v.text or v.why) for v in found]
    assert sorted({rule for rule, _ in told}) == rules, told
