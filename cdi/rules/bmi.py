"""Body mass index from height and weight."""

from __future__ import annotations

_HEIGHT_CM = (90.0, 250.0)
_WEIGHT_KG = (20.0, 450.0)


def body_mass_index(weight_kg: float, height_cm: float) -> float | None:
    """Return weight over height squared in kg/m2, to one decimal; None outside human range.

    A body mass index from here was computed, not recorded: wherever it is shown it must be
    labelled so, with the height and the weight it comes from (Quetelet index; WHO Technical
    Report 894, 2000).
    """
    if not _HEIGHT_CM[0] <= height_cm <= _HEIGHT_CM[1]:
        return None
    if not _WEIGHT_KG[0] <= weight_kg <= _WEIGHT_KG[1]:
        return None
    return round(weight_kg / (height_cm / 100) ** 2, 1)
