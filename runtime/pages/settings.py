"""How pages look: language, theme, 关怀版. The same POST serves the switches of the top bar, with and without JavaScript."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import say
from runtime import site as sites
from runtime.pages.page import form_pairs, local, numbers, render, see_other, visitor, word
from runtime.people import absences, choices, standing_in
from runtime.people.visitor import LANGUAGES, THEMES, Language, Preferences, Theme, look
from runtime.people.visitor import visitor as signed_in
from runtime.serving import security


async def settings(request: Request) -> Response:
    """The page, which on a phone is also where one's account is."""
    return await _page(request)


async def _page(request: Request, error: str = "", typed: dict[str, str] | None = None) -> Response:
    me, site = visitor(request), sites.of(request)
    zh = me.language
    return render(
        request,
        "settings.html",
        status=422 if error else 200,
        title=word(zh, "设置", "Settings"),
        settings=[
            ("language", word(zh, "语言", "Language"), word(zh, "页面的语言", "Of the pages"),
             [("zh", "中文", me.language == "zh"), ("en", "English", me.language == "en")]),
            ("theme", word(zh, "外观", "Theme"), word(zh, "深色在夜间更省眼", "Dark is easier on the eyes at night"),
             [("auto", word(zh, "随系统", "As the system"), me.theme == "auto"), ("light", word(zh, "浅色", "Light"), me.theme == "light"),
              ("dark", word(zh, "深色", "Dark"), me.theme == "dark")]),
            ("care", "关怀版" if zh == "zh" else "Larger type", word(zh, "更大的字和按钮", "Larger letters and buttons"),
             [("off", word(zh, "标准", "Standard"), not me.care), ("on", word(zh, "关怀版", "Larger"), me.care)]),
        ],
        counts=await site.database.read(numbers, site, me.person),
        **await absences.shown(site, me, error, typed or {}),
    )  # fmt: skip


async def prefer(request: Request) -> Response:
    """Changes what the pressed button says; goes back to where it was pressed."""
    site, me = sites.of(request), signed_in(request)
    if me is None:
        pairs = security.check_token(await security.read_form(request), request.cookies.get(security.GUEST, ""))
    else:
        pairs = await form_pairs(request)
    form, now = dict(pairs), look(request)
    language, theme = form.get("language", ""), form.get("theme", "")
    languages: dict[str, Language] = {known: known for known in LANGUAGES}
    themes: dict[str, Theme] = {known: known for known in THEMES}
    chosen = Preferences(
        language=languages.get(language, now.language),
        theme=themes.get(theme, now.theme),
        care=form["care"] == "on" if "care" in form else now.care,
    )
    if me is not None:
        await site.database.write(choices.prefer, me.person, chosen)
        site.sessions.forget(person=me.person)
    response = see_other(local(form.get("back", ""), "/settings" if me else "/sign-in"))
    site.sessions.remember(response, chosen)
    return response


async def go_away(request: Request) -> Response:
    """Somebody stands in for one's new tasks for some days."""
    me, site = visitor(request), sites.of(request)
    pairs = await form_pairs(request)
    refusal = await site.database.write(absences.add, site, me.person, pairs)
    return await _page(request, say(refusal, me.language), dict(pairs)) if refusal else see_other("/settings#h-away")


async def come_back(request: Request) -> Response:
    """Not away after all."""
    me, site = visitor(request), sites.of(request)
    await form_pairs(request)
    await site.database.write(standing_in.remove, me.person, request.path_params["absence"])
    return see_other("/settings#h-away")


routes = [
    Route("/settings", settings, methods=["GET"]),
    Route("/settings", prefer, methods=["POST"]),
    Route("/settings/absences", go_away, methods=["POST"]),
    Route("/settings/absences/{absence}/ending", come_back, methods=["POST"]),
]
