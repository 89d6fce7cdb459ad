"""What goes wrong becomes an answer: a page in the reader's language, or a problem (RFC 9457) for programs; never a traceback."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import structlog
from jinja2 import TemplateError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import templates
from forms.texts import Text, say
from runtime.people.visitor import look, spoken, visitor
from runtime.store.database import Unavailable

log = structlog.get_logger(__name__)

API = "/api/"


class Words(NamedTuple):
    """A failure for people: a headline, and what they can do."""

    title: Text
    detail: Text


#: by code first, then by status
WORDS: dict[str | int, Words] = {
    400: Words({"zh": "请求无法识别", "en": "The request makes no sense"}, {"zh": "请返回后重试。", "en": "Go back and try again."}),
    401: Words(
        {"zh": "请先登录", "en": "Sign in first"},
        {"zh": "登录已失效，请重新登录。", "en": "You are not signed in, or the session has ended."},
    ),
    403: Words({"zh": "没有权限", "en": "Not allowed"}, {"zh": "您没有做这件事的权限。", "en": "You may not do this."}),
    404: Words(
        {"zh": "没有找到", "en": "Not found"},
        {"zh": "这里没有内容，或者您无权查看。", "en": "There is nothing here, or you may not see it."},
    ),
    405: Words({"zh": "不支持这种操作", "en": "Not possible here"}, {"zh": "请返回后重试。", "en": "Go back and try again."}),
    409: Words(
        {"zh": "已经有人先办了", "en": "Someone was faster"}, {"zh": "请刷新后查看最新情况。", "en": "Reload to see how it stands."}
    ),
    410: Words({"zh": "已经没有了", "en": "Gone"}, {"zh": "这里的内容已经移除。", "en": "What was here has been removed."}),
    "retired": Words(
        {"zh": "已停止受理", "en": "No new applications"},
        {
            "zh": "这项业务不再受理新的申请；已经提交的申请照常办理，可在“我的申请”中查看。",
            "en": "This app takes no new applications. Those handed in before are decided as usual: see “My applications”.",
        },
    ),
    413: Words({"zh": "提交的内容过大", "en": "Too large"}, {"zh": "请减少内容后再提交。", "en": "Send less at once."}),
    415: Words(
        {"zh": "不支持的内容类型", "en": "Unsupported type of content"},
        {"zh": "请按接口说明发送。", "en": "Send it as the documentation says."},
    ),
    422: Words(
        {"zh": "内容有误", "en": "Something is not right"},
        {"zh": "请按提示修改后再提交。", "en": "Correct what is named and send it again."},
    ),
    429: Words({"zh": "操作过于频繁", "en": "Too many attempts"}, {"zh": "请稍后再试。", "en": "Try again later."}),
    500: Words(
        {"zh": "系统出错了", "en": "Something went wrong here"},
        {
            "zh": "您填写的内容没有提交。请稍后重试；若仍出错，请联系管理员。",
            "en": "Nothing was submitted. Try again later, or tell the administrator.",
        },
    ),
    503: Words(
        {"zh": "系统暂时无法保存", "en": "The system cannot save at the moment"},
        {"zh": "刚才的操作没有生效，请稍等片刻再试。", "en": "What you just did has not happened. Wait a moment and try again."},
    ),
    "bad-json": Words(
        {"zh": "不是合法的 JSON", "en": "Not JSON"},
        {
            "zh": "请求体须是 UTF-8 编码的 JSON，键不重复，嵌套不过深。",
            "en": "The body is JSON in UTF-8, no member twice, not nested too deeply.",
        },
    ),
    "wrong-password": Words(
        {"zh": "账号或密码不正确", "en": "Wrong account or password"},
        {"zh": "账号或密码不正确。", "en": "The account or the password is not right."},
    ),
    "locked": Words(
        {"zh": "尝试次数过多", "en": "Too many attempts"},
        {"zh": "请在 Retry-After 所示的秒数后再试。", "en": "Try again after the seconds in Retry-After."},
    ),
    "password-expired": Words(
        {"zh": "须先修改密码", "en": "Change the password first"},
        {"zh": "密码由他人设置，请先在网页上登录并修改。", "en": "Somebody else set it: sign in on the pages and change it."},
    ),
    "first-run": Words(
        {"zh": "系统尚未设置", "en": "Not set up yet"},
        {"zh": "请管理员先完成首次设置。", "en": "An administrator has to finish the first run."},
    ),
    "no-scanner": Words(
        {"zh": "病毒扫描不可用", "en": "No virus scanner"},
        {
            "zh": "扫描程序没有应答，文件没有收下，请稍后再试。",
            "en": "The scanner does not answer and the file was not taken. Try again later.",
        },
    ),
    "no-font": Words(
        {"zh": "没有中文字体", "en": "No Chinese font"},
        {
            "zh": "这台服务器上没有中文字体，不能生成 PDF：pip install pylopdf-fonts-zh-cn，或 apt install fonts-noto-cjk。",
            "en": "This server has no Chinese font to make a PDF with: pip install pylopdf-fonts-zh-cn, or apt install fonts-noto-cjk.",
        },
    ),
    "lost-race": Words({"zh": "已经有人先办了", "en": "Someone was faster"}, {"zh": "请重新读取。", "en": "Read it again."}),
    "key-reused": Words(
        {"zh": "Idempotency-Key 已用于别的内容", "en": "The Idempotency-Key was used for something else"},
        {"zh": "每次新的操作用新的值。", "en": "Make a new one for each thing to be done."},
    ),
    "gone": Words(
        {"zh": "没有环节在等它", "en": "Nothing waits for it"},
        {"zh": "申请已经往下走，或者还没有走到。", "en": "The case has gone on, or has not got there yet."},
    ),
    "csrf": Words(
        {"zh": "页面已过期", "en": "This page has expired"},
        {"zh": "请返回、刷新页面后再提交。", "en": "Go back, reload the page and submit again."},
    ),
    "other-site": Words(
        {"zh": "请求来自别的网站", "en": "The request came from another site"},
        {"zh": "为保护您的账号，没有执行。请从本系统的页面操作。", "en": "It was not carried out. Use the pages of this system."},
    ),
    "unknown-host": Words(
        {"zh": "不是本系统的网址", "en": "Not an address of this system"},
        {
            "zh": "请使用单位公布的网址。管理员：请在 DABASHOU_HOSTS 或 DABASHOU_PUBLIC_URL 中登记这个名称。",
            "en": "Use the published address. Administrators: add this name to DABASHOU_HOSTS or DABASHOU_PUBLIC_URL.",
        },
    ),
}


class Failures:
    """The outermost of what is ours: no exception passes, and each is logged without what it quotes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            # whatever it is, the browser gets an answer and the server lives
            if not isinstance(error, HTTPException | Unavailable):
                log.exception("request failed", method=scope["method"], route=template(scope), exc_info=error)
            if started:
                return
            await answer(Request(scope, receive), error)(scope, receive, send)


def template(scope: Scope) -> str:
    """The path of the route, without ids and without anything a browser made up."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if path is None:
        return "none"
    return scope.get("root_path", "") + path if scope["path"].startswith(API) and not path.startswith("/api") else path


def answer(request: Request, error: Exception) -> Response:
    """The answer to a request that ended in ``error``."""
    if isinstance(error, Unavailable):
        log.warning("database unavailable", route=template(request.scope), reason=type(error.__cause__).__name__)
        status, code, headers = 503, "", {"retry-after": "5"}
    elif isinstance(error, HTTPException):
        status, code, headers = error.status_code, error.detail, dict(error.headers or {})
    else:
        status, code, headers = 500, "", {}
    words = WORDS.get(code) or WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    if request.scope["path"].startswith(API):
        return problem(request, status, code if code in WORDS else "", headers=headers)
    if status in (301, 302, 303, 307, 308):
        return RedirectResponse(headers.get("location", "/"), status)
    return HTMLResponse(page(request, status, words), status, headers)


def page(request: Request, status: int, words: Words) -> str:
    """The page of a failure; of constant text if even the template fails."""
    shown = look(request)
    context: dict[str, Any] = {
        "status": status,
        "title": say(words.title, shown.language),
        "words": say(words.detail, shown.language),
        "look": shown,
        "visitor": visitor(request),
        "path": request.scope["path"],
        "back": "",
    }
    try:
        return templates.environment(shown.language).get_template("error.html").render(context)
    except (TemplateError, OSError, LookupError):
        back = "返回首页" if shown.language == "zh" else "Home"
        return (
            f'<!doctype html><html lang="{shown.language}"><meta charset="utf-8"><title>{context["title"]}</title>'
            f'<main><h1>{context["title"]}</h1><p>{context["words"]}</p><p><a href="/">{back}</a></p></main></html>'
        )


def problem(
    request: Request,
    status: int,
    code: str = "",
    *,
    detail: Text | None = None,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An `application/problem+json` in the language of Accept-Language. ``errors``: each names a field and what is wrong with it."""
    language = spoken(request)
    words = WORDS.get(code) or WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    body: dict[str, Any] = {
        "type": f"urn:dabashou:problem:{code}" if code else "about:blank",
        "title": say(words.title, language),
        "status": status,
        "detail": say(detail or words.detail, language),
        "errors": errors or [],
    }
    return JSONResponse(body, status, headers=dict(headers or {}), media_type="application/problem+json")


async def handle(request: Request, error: Exception) -> Response:
    """`answer`, as Starlette calls it."""
    return answer(request, error)
