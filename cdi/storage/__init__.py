"""The only package that imports SQLAlchemy: tables, migrations, encryption, the audit chain."""

from sqlalchemy.orm import Session

__all__ = ["Session"]
