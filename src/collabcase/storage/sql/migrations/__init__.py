"""Alembic migrations, run by `collabcase.upgrade`; each gets the schema and the prefix as parameters."""
