"""What every test has: the helpers of tests/support, and the options for what takes longer or needs what is not in the repository."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run crash loops, matrices and soaks at full length")
    parser.addoption("--accept", action="store_true", help="rewrite the golden files")
    parser.addoption("--corpora", action="store_true", help="run the tests over ../shared/corpora")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked soak run only when asked for: their short slice is a test of its own."""
    if not config.getoption("--soak"):
        chosen = [item for item in items if item.get_closest_marker("soak") is None]
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("soak") is not None])
        items[:] = chosen


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the full length was asked for."""
    return bool(request.config.getoption("--soak"))
