"""ICD-10-CM codes in the rule files exist."""

from __future__ import annotations

import re
import warnings

import pytest

from cdi.rules.catalogue import load_catalogue
from cdi.rules.condition import Condition

with warnings.catch_warnings():
    # The package still opens its data in a way that Python is going to drop.
    warnings.simplefilter("ignore", DeprecationWarning)
    import simple_icd_10_cm as icd

CONDITIONS = [pytest.param(c, id=c.id) for c in load_catalogue().conditions.values()]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_option_has_a_code_that_may_be_reported(condition: Condition) -> None:
    for rule in condition.rules:
        for option in rule.spec.options:
            if option.code is not None:
                assert icd.is_valid_item(option.code), option.code
                assert icd.is_leaf(option.code), f"{option.code} is not specific enough to report"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_code_family_exists(condition: Condition) -> None:
    for code in condition.spec.icd10cm:
        family = re.split(r"[xX-]", code)[0].rstrip(".")
        assert icd.is_valid_item(family), code
