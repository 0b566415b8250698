"""Checking a letter against the practice rules before it leaves, through whatever channel."""

from cdi.compliance.linter import check, may_be_sent, stamped
from cdi.compliance.pack import Pack, load_pack

__all__ = ["Pack", "check", "load_pack", "may_be_sent", "stamped"]
