"""Who is looking, as every page knows them: made once for a session, then held for a moment."""

from typing import Literal, NamedTuple

from starlette.requests import HTTPConnection

Language = Literal["zh", "en"]
Theme = Literal["auto", "light", "dark"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
THEMES: tuple[Theme, ...] = ("auto", "light", "dark")


class Preferences(NamedTuple):
    """How someone wants pages to look; stored with the person, and in a cookie for the pages before sign-in."""

    language: Language = "zh"
    theme: Theme = "auto"
    #: 关怀版: larger type and targets
    care: bool = False

    def pack(self) -> str:
        """As a cookie holds it: "zh.auto.0"."""
        return f"{self.language}.{self.theme}.{int(self.care)}"

    @classmethod
    def unpack(cls, text: str) -> "Preferences":
        """What `pack` wrote; anything else gives the defaults, part by part."""
        language, theme, care = (*text.split("."), "", "", "")[:3]
        return cls(
            "en" if language == "en" else "zh",
            "light" if theme == "light" else "dark" if theme == "dark" else "auto",
            care == "1",
        )


class Visitor(NamedTuple):
    """A signed-in person with what pages need to greet, guard and look right."""

    person: str
    name: str
    #: of the main post, in the visitor's language
    department_title: str
    #: the token every form carries; derived from the session, worthless without it
    csrf: str
    language: Language
    theme: Theme
    care: bool
    #: may see the administration pages
    admin: bool
    #: the server is a demo, where people are chosen
    demo: bool
    #: names the session without being able to continue it
    session: str = ""
    #: may design or review apps
    designs: bool = False


LOOK_COOKIE = "dabashou_look"


def visitor(request: HTTPConnection) -> Visitor | None:
    """Who is signed in, or None on the few pages that need nobody."""
    return request.scope.get("state", {}).get("visitor")


def look(request: HTTPConnection) -> Preferences:
    """How the page should look: as the person chose, else as this browser was last used, else in the browser's language."""
    known = visitor(request)
    if known is not None:
        return Preferences(known.language, known.theme, known.care)
    if LOOK_COOKIE in request.cookies:
        return Preferences.unpack(request.cookies[LOOK_COOKIE])
    return Preferences(language=spoken(request))


def spoken(request: HTTPConnection) -> Language:
    """The first language of Accept-Language that we speak; Chinese otherwise."""
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        for language in LANGUAGES:
            if tag == language:
                return language
    return "zh"
