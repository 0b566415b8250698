"""Making and filling arrays of numbers, and searching them.

Much of what numpy has for this takes longer to compile than a whole loop, and is compiled again for
each type it is called with.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.compiler import inlined

Numbers = npt.NDArray[np.int64]


@inlined
def new_numbers(count: int) -> Numbers:
    """Return an array in which any numbers may stand."""
    return np.empty(count, np.int64)


@inlined
def new_rows(rows: int, columns: int) -> Numbers:
    """Return an array of two dimensions in which any numbers may stand."""
    return np.empty((rows, columns), np.int64)


@inlined
def filled_numbers(count: int, value: int) -> Numbers:
    """Return an array in which one number stands everywhere."""
    numbers = new_numbers(count)
    fill(numbers, value)
    return numbers


@inlined
def filled_rows(rows: int, columns: int, value: int) -> Numbers:
    """Return an array of two dimensions in which one number stands everywhere."""
    numbers = new_rows(rows, columns)
    for row in range(rows):
        for column in range(columns):
            numbers[row, column] = value
    return numbers


@inlined
def fill(numbers: Numbers, value: int) -> None:
    """Write one number everywhere in an array."""
    for at in range(len(numbers)):
        numbers[at] = value


@inlined
def first_from(numbers: Numbers, value: int) -> int:
    """Return the place of the first of sorted numbers that is not less, their count if none is."""
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def lesser(one: int, other: int) -> int:
    """Return the lesser of two numbers."""
    return one if one < other else other


@inlined
def greater(one: int, other: int) -> int:
    """Return the greater of two numbers."""
    return one if one > other else other
