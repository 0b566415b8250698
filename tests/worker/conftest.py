"""The worker on both databases."""

from databases import (
    database_url,
    postgresql_emptied,
    postgresql_template,
    sqlite_template,
    store,
)
from desks import hospital, pack, scanner

__all__ = [
    "database_url",
    "hospital",
    "pack",
    "postgresql_emptied",
    "postgresql_template",
    "scanner",
    "sqlite_template",
    "store",
]
