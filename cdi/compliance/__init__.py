"""Checking a letter against the practice rules before it leaves, through whatever channel."""

from cdi.compliance.linter import (
    check,
    check_against,
    make_reference,
    may_be_sent,
    reference_of,
    stamped,
)
from cdi.compliance.pack import Pack, load_pack
from cdi.compliance.reference import Reference

__all__ = [
    "Pack",
    "Reference",
    "check",
    "check_against",
    "load_pack",
    "make_reference",
    "may_be_sent",
    "reference_of",
    "stamped",
]
