"""The SQL adapter: SQLite and PostgreSQL through SQLAlchemy Core."""
