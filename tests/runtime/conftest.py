"""Fixtures that the tests of runtime share."""

from support.databases import database, database_url, postgresql_server, sqlite_template

__all__ = ["database", "database_url", "postgresql_server", "sqlite_template"]
