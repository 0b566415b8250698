"""Body mass index from a recorded height and weight."""

from __future__ import annotations

import pytest

from cdi.rules.bmi import body_mass_index


@pytest.mark.parametrize(
    ("weight_kg", "height_cm", "expected"),
    [(70, 175, 22.9), (120, 170, 41.5), (45, 170, 15.6), (141.5, 182.9, 42.3)],
)
def test_weight_over_height_squared(weight_kg: float, height_cm: float, expected: float) -> None:
    assert body_mass_index(weight_kg, height_cm) == expected


@pytest.mark.parametrize(
    ("weight_kg", "height_cm"), [(70, 1.75), (70, 68), (4, 52), (700, 170), (0, 170), (70, 0)]
)
def test_outside_human_range_there_is_none(weight_kg: float, height_cm: float) -> None:
    assert body_mass_index(weight_kg, height_cm) is None
