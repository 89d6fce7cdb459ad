"""What one running server consists of, made once and reached from every request as `request.app.state.site`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import HTTPConnection

from runtime.casework.releases import Catalogue
from runtime.files.storage import Storage
from runtime.people.sessions import Sessions
from runtime.settings import Settings
from runtime.store.database import Database


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Site:
    """The installation as this process serves it."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    #: the time, aware and UTC
    clock: Callable[[], datetime] = now
    sessions: Sessions = field(init=False)
    #: where attachments and exports lie
    storage: Storage = field(init=False)
    #: nobody can administer the installation yet: nothing but the first-run page answers
    setup: bool = False
    #: no organisation has been imported yet: there is nothing but administration
    empty: bool = False

    @property
    def mails(self) -> bool:
        """Messages to people go out as e-mail too."""
        return bool(self.settings.mail_server)

    def __post_init__(self) -> None:
        self.storage = Storage(self.settings)
        self.sessions = Sessions(self.settings, self.database, self.clock)


def of(request: HTTPConnection) -> Site:
    """The site that ``request`` came to."""
    return request.app.state.site
