"""Commands over a desk run on both databases."""

from databases import postgresql_emptied, postgresql_template, sqlite_template, store
from desks import hospital, pack, scanner

__all__ = [
    "hospital",
    "pack",
    "postgresql_emptied",
    "postgresql_template",
    "scanner",
    "sqlite_template",
    "store",
]
