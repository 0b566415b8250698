"""Every test of the store runs on both databases."""

from databases import (
    database_url,
    postgresql_emptied,
    postgresql_template,
    sqlite_template,
    store,
)

__all__ = ["database_url", "postgresql_emptied", "postgresql_template", "sqlite_template", "store"]
