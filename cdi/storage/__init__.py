"""The only package that imports SQLAlchemy: tables, migrations, encryption, the audit chain."""
