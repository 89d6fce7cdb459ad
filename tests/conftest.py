"""What every test has: the helpers of tests/support, and the options for what takes longer or needs what is not in the repository."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# how fast a machine draws examples is no property of ours: the first text of a fresh checkout takes seconds
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

sys.path.insert(0, str(Path(__file__).parent))

# one fixture for the whole run: a session's fixture named in two places is made twice
from support.databases import database, database_url, postgresql_server, sqlite_template

__all__ = ["database", "database_url", "postgresql_server", "sqlite_template"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run crash loops, matrices and soaks at full length")
    parser.addoption("--accept", action="store_true", help="rewrite the golden files")
    parser.addoption("--corpora", action="store_true", help="run the tests over ../shared/corpora")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked soak or corpora run only when asked for."""
    left_out = {marker for marker in ("soak", "corpora") if not config.getoption(f"--{marker}")}
    dropped = [item for item in items if any(item.get_closest_marker(marker) for marker in left_out)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the full length was asked for."""
    return bool(request.config.getoption("--soak"))
