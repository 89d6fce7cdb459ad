"""Fixtures that the tests of builder share."""

from support.databases import database, database_url, postgresql_server, shared_folder, sqlite_template

__all__ = ["database", "database_url", "postgresql_server", "shared_folder", "sqlite_template"]
