"""The composition root and the command line: `python app.py …` and `dabashou …` are the same.

Each command imports what it needs by itself, so that asking for help does not load a web server.
"""

import os
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from runtime.settings import Settings
    from runtime.store.database import Database

main = typer.Typer(
    name="dabashou",
    help="搭把手：政务服务应用的低代码搭建平台。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
org = typer.Typer(help="组织机构与账号。 The organisation and its accounts.", no_args_is_help=True)
main.add_typer(org, name="org")
bring = typer.Typer(help="导入其他系统的流程。 Flows of other products.", no_args_is_help=True)
main.add_typer(bring, name="import")

Definitions = Annotated[
    Path, typer.Argument(help="工作区、其中的 apps/，或一个应用的文件夹。 A workspace or an app's folder.", exists=True)
]
Format = Literal["text", "json", "sarif", "github"]
English = Annotated[bool, typer.Option("--english", help="Say it in English.")]


@main.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址。 Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="端口。 Port.")] = None,
    workers: Annotated[int | None, typer.Option(help="进程数，多于一个须用 PostgreSQL。 More than one needs PostgreSQL.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="演示：示例城市，选择身份即可登录。 The example city; people are chosen.")] = False,
) -> None:
    """启动服务。 Serve."""
    from runtime.serving import logs

    given = {"host": host, "port": port, "workers": workers, "demo": demo or None}
    settings = _settings(**{name: value for name, value in given.items() if value is not None})
    if settings.workers > 1 and not settings.database_url.startswith("postgresql"):
        _stop(
            f"SQLite 只由一个进程服务（现在要求 {settings.workers} 个）。去掉 --workers，或用 DABASHOU_DATABASE 指定 PostgreSQL。",
            f"SQLite is served by one process, not by {settings.workers}. Leave out --workers, or name a PostgreSQL in DABASHOU_DATABASE.",
        )
    logs.configure(settings.log_level)
    with _database(settings) as database:
        lines = _prepare_demo(settings, database) if settings.demo else _prepare(settings, database)
    _run(settings, [*lines, *_address(settings)])


def _prepare_demo(settings: "Settings", database: "Database") -> list[str]:
    """The example city, on an empty database; what was changed in it stays. Gives what to tell on the console."""
    from runtime.casework import releases
    from runtime.people import demo
    from runtime.site import now

    if database.read_now(demo.somebody_has_a_password):
        _stop(
            "这个数据库里有带密码的账号，不能以 --demo 启动：演示中任何人都可以选择任何身份。请换一个数据文件夹（DABASHOU_DATA）。",
            "This database has accounts with passwords: not with --demo, where anybody may be anyone. Use another DABASHOU_DATA.",
        )
    if not (settings.workspace_path / ".git").exists() or not database.read_now(releases.current):
        _lay_out(settings.workspace_path, database)
    database.write_now(demo.give_rights, now())
    people = database.read_now(demo.accounts)
    return ["演示账号（选择即可登录，不需要密码）  Demo accounts, no password:", *(f"  {name}  {place}" for name, place in people)]


def _lay_out(workspace: Path, database: "Database") -> None:
    """The example workspace as a repository, its people and apps in the database. Only here does a server load the builder."""
    from builder import commands, workspace_git
    from runtime.casework import releases
    from runtime.site import now

    workspace_git.prepare(workspace_git.examples(), workspace)
    if database.read_now(releases.current):
        return
    said: list[str] = []
    if commands.org_import(workspace, database, now=now(), out=said.append) or commands.publish(
        workspace, database, now=now(), by="demo", out=said.append
    ):
        print(*said, sep="\n", file=sys.stderr)
        raise typer.Exit(1)


def _prepare(settings: "Settings", database: "Database") -> list[str]:
    """Asks for the first administrator's password, or makes the secret by which a browser may set it."""
    from runtime.people import first_run, passwords
    from runtime.site import now

    if not database.read_now(first_run.needed):
        return []
    if sys.stdin.isatty():
        print(f"首次启动：请为管理员 {first_run.PERSON} 设置密码。  First run: choose a password for {first_run.PERSON}.")
        hashed = passwords.hash_now(_ask_password(first_run.PERSON, settings))
        database.write_now(first_run.finish, hashed, None, "console", now())
        return []
    secret = database.write_now(first_run.prepare)
    return [
        f"首次启动：打开下面网址的 /setup，用一次性口令为管理员 {first_run.PERSON} 设置密码。在此之前不提供任何服务。",
        f"First run: open /setup below and set the password of {first_run.PERSON} with this one-time secret. Nothing works before.",
        f"  {secret}",
    ]


def _address(settings: "Settings") -> list[str]:
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    return [settings.public_url or f"http://{shown}:{settings.port}"]


def _run(settings: "Settings", lines: list[str]) -> None:
    """Serves until told to stop, and says `lines` once it does."""
    import uvicorn

    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies or None,
        "timeout_graceful_shutdown": 10,
        # a worker on an overloaded machine is slow, not hung: killing it would drop what it is answering
        "timeout_worker_healthcheck": 30,
    }
    if settings.workers == 1:

        class Server(uvicorn.Server):
            async def startup(self, sockets: Any = None) -> None:
                await super().startup(sockets)
                if self.started:
                    print(*lines, sep="\n", flush=True)

        server = Server(uvicorn.Config(worker(), **options))
        server.run()
        if not server.started:
            raise typer.Exit(1)
        return
    # the workers read the settings again, each for itself
    for name in ("host", "port", "workers"):
        os.environ[f"DABASHOU_{name.upper()}"] = str(getattr(settings, name))
    os.environ["DABASHOU_DEMO"] = str(settings.demo).lower()
    _count_together(settings)
    print(*lines, sep="\n", flush=True)
    uvicorn.run("app:worker", factory=True, workers=settings.workers, **options)


def _count_together(settings: "Settings") -> None:
    """A fresh folder in which the workers keep their numbers, so that /metrics of one tells of all."""
    import shutil

    folder = settings.data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def worker() -> "ASGIApp":
    """The application of one process, with the settings of its environment."""
    import builder
    from runtime.serving import logs
    from runtime.web import create_app

    settings = _settings(**_overrides)
    logs.configure(settings.log_level)
    schemas = {path.name: path.read_bytes() for path in (Path(builder.__file__).parent / "schema").glob("*.json")}
    return create_app(settings, schemas=schemas)


@main.command()
def check(
    path: Annotated[
        Path, typer.Argument(help="工作区、其中的 apps/，或一个应用的文件夹。 A workspace or an app's folder.", exists=True)
    ] = Path(),
    english: English = False,
    form: Annotated[Format, typer.Option("--format", help="给人看，或给其他工具。 For people, or for other tools.")] = "text",
    fix: Annotated[bool, typer.Option("--fix", help="改正只有一种改法的问题。 Fix what can only be meant in one way.")] = False,
    guesses: Annotated[bool, typer.Option("--fix-guesses", help="把“是不是”也当真。 Take every “did you mean” for a yes.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="一直看着，改了就再查。 Check again whatever changes.")] = False,
    explain: Annotated[str | None, typer.Option("--explain", metavar="CODE", help="解释一个代码。 Explain a code.")] = None,
) -> None:
    """检查定义，逐条指出问题。 Check definitions; exit code 1 if something is wrong."""
    from builder import commands

    if explain is not None:
        raise typer.Exit(commands.explain(explain, english=english))
    if watch:
        raise typer.Exit(commands.watch(path, english=english))
    raise typer.Exit(commands.check(path, english=english, form=form, fix=fix, guesses=guesses))


@main.command()
def upgrade(
    path: Definitions,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示将有的变化。 Only show what would change.")] = False,
    english: English = False,
) -> None:
    """把用较早语言写的定义升级到现在的语言，保留注释。 Move definitions of an older language up; comments stay."""
    from builder.upgrading import commands

    raise typer.Exit(commands.run(path, dry_run=dry_run, english=english))


@main.command("test")
def run_scenarios(
    path: Definitions,
    coverage: Annotated[bool, typer.Option("--coverage", help="列出场景走到了多少，哪里没有走到。 What the scenarios reach.")] = False,
    at_least: Annotated[
        float | None, typer.Option("--at-least", help="每个应用至少走到百分之几，否则以 1 退出。 Percent to reach.", min=0, max=100)
    ] = None,
    format: Annotated[str, typer.Option("--format", help="text、json 或 junit。 text, json or junit.")] = "text",
    record: Annotated[
        str, typer.Option("--record", help="把数据库里的一份申请（编号）写成场景，替换个人信息。 Write a case as a scenario.")
    ] = "",
    into: Annotated[Path | None, typer.Option("--into", help="写到哪个文件。 The file to write it to.")] = None,
    english: English = False,
) -> None:
    """运行定义旁的场景测试。 Run the scenarios beside the definitions."""
    from builder import scenario_commands

    if record:
        with _database(_settings()) as database:
            raise typer.Exit(scenario_commands.record(path, record, database, into=into, english=english))
    if format not in ("text", "json", "junit"):
        _stop("--format 是 text、json 或 junit", "--format is text, json or junit")
    raise typer.Exit(scenario_commands.run(path, format=format, coverage=coverage, at_least=at_least, english=english))


@main.command()
def diff(
    old: Annotated[str, typer.Argument(help="旧版本：文件夹，或 git 版本（分支、标签、提交、HEAD~1）。 A folder, or a git revision.")],
    new: Annotated[str, typer.Argument(help="新版本。 The new version, likewise.")],
    workspace: Annotated[Path, typer.Option("--workspace", help="git 版本属于哪个工作区。 The workspace the revisions are of.")] = Path(),
    format: Annotated[str, typer.Option("--format", help="text 或 json。 text or json.")] = "text",
    fail_on: Annotated[str, typer.Option("--fail-on", help="有这一级（high、medium、low）的变化就以 1 退出。 Exit with 1.")] = "",
    cases: Annotated[bool, typer.Option("--cases", help="数据库里的在办申请会怎样。 What becomes of running cases.")] = False,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="照这份迁移方案试。 Try it with this plan.", exists=True, dir_okay=False)
    ] = None,
    write_plan: Annotated[
        Path | None, typer.Option("--write-plan", help="把要决定的事写成待改的方案。 Write a plan to edit.", dir_okay=False)
    ] = None,
    english: English = False,
) -> None:
    """用句子说明两个版本的含义有何不同，按风险排列。 What a change means, in sentences, the riskiest first."""
    from builder.meaning import commands

    if format not in ("text", "json") or fail_on not in ("", "high", "medium", "low"):
        _stop("--format 是 text 或 json；--fail-on 是 high、medium 或 low", "--format is text or json; --fail-on is high, medium or low")
    if not cases and not plan and not write_plan:
        raise typer.Exit(commands.diff(old, new, folder=workspace, format=format, fail_on=fail_on or None, english=english))
    from builder import publishing
    from runtime.site import now

    with _database(_settings()) as database:
        console = publishing.Console(database, now)
        raise typer.Exit(
            commands.diff(
                old,
                new,
                folder=workspace,
                format=format,
                fail_on=fail_on or None,
                cases=console,
                plan=plan,
                write_plan=write_plan,
                english=english,
            )
        )


@main.command()
def prove(path: Definitions, english: English = False) -> None:
    """证明每个应用的流程走得通，列出各项结论。 Prove that the flows work; exit code 1 if something does not hold."""
    from builder import proving

    raise typer.Exit(proving.run(path, english=english))


@main.command()
def publish(
    place: Annotated[
        str, typer.Argument(help="工作区的文件夹，或 git 仓库的地址（https、ssh）。 A workspace, or the address of its git repository.")
    ] = ".",
    revision: Annotated[
        str | None, typer.Option("--from", help="标签、分支或提交，默认 HEAD。 A tag, branch or commit; HEAD if none is given.")
    ] = None,
    app: Annotated[str | None, typer.Option("--app", help="只发布这一个应用。 Only this app.")] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="在办申请换用新版本的计划。 What becomes of running cases.", exists=True, dir_okay=False)
    ] = None,
    move: Annotated[bool, typer.Option("--move", help="能换的在办申请都换用新版本。 Move every running case that can be moved.")] = False,
    write_plan: Annotated[
        Path | None, typer.Option("--write-plan", help="有要决定的事，就写出一份待改的计划。 Write a plan to edit.", dir_okay=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查和试换，什么也不改。 Check and try, change nothing.")] = False,
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="不要求审核，仅限演示。 Without review; --demo only.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="演示环境。 The example city.")] = False,
    english: English = False,
) -> None:
    """发布经他人审核的提交；不停服务，运行中的服务一秒内采用。 Publish a reviewed commit; running servers take it up within a second."""
    from builder import publishing, releasing
    from runtime.people import demo as demonstration
    from runtime.site import now

    settings = _settings(**({"demo": True} if demo else {}))
    with _database(settings) as database:
        if unreviewed and (not settings.demo or database.read_now(demonstration.somebody_has_a_password)):
            _stop(
                "--unreviewed 只能在演示环境使用（--demo，且没有设过密码的账号）",
                "--unreviewed is for the demonstration only (--demo, and no account has a password)",
            )
        order = releasing.Order(
            place,
            revision,
            app=app,
            unreviewed=unreviewed,
            plan=plan,
            move=move,
            dry_run=dry_run,
            write_plan=write_plan,
            mirrors=settings.data / "mirrors",
        )
        console = publishing.Console(database, now, mails=bool(settings.mail_server))
        raise typer.Exit(releasing.publish(order, console, "console", english=english))


AppId = Annotated[str, typer.Argument(help="应用的标识。 The id of the app.")]


@main.command()
def rollback(
    app: AppId,
    to: Annotated[str | None, typer.Option("--to", help="版本（sha256:… 的开头），默认上一个。 A release; the one before if none.")] = None,
    english: English = False,
) -> None:
    """退回上一个版本；刚换用新版本、还没有人办理的申请一并退回。 Back to the release before, with the cases nobody has acted on."""
    from builder import publishing, releasing
    from runtime.site import now

    settings = _settings()
    with _database(settings) as database:
        console = publishing.Console(database, now, mails=bool(settings.mail_server))
        raise typer.Exit(releasing.rollback(app, console, "console", to=to, english=english))


@main.command()
def history(app: AppId, english: English = False) -> None:
    """应用的发布记录，最近的在前。 What was published of an app, the latest first."""
    from builder import publishing, releasing
    from runtime.people import organisation
    from runtime.site import now

    with _database(_settings()) as database:
        here = database.read_now(organisation.stored)
        zone = here.calendar.time_zone if here else "Asia/Shanghai"
        raise typer.Exit(releasing.history(app, publishing.Console(database, now), zone, english=english))


@main.command()
def retire(
    app: AppId,
    reopen: Annotated[bool, typer.Option("--reopen", help="重新受理。 Take new cases again.")] = False,
    english: English = False,
) -> None:
    """停止受理新的申请；在办的照常办理。 No new cases; those under way go on."""
    from builder import publishing, releasing
    from runtime.site import now

    with _database(_settings()) as database:
        raise typer.Exit(releasing.retire(app, publishing.Console(database, now), "console", reopen=reopen, english=english))


@main.command()
def verify(english: English = False) -> None:
    """核对事件链与数据行。 Check that no event was changed and that the rows say what the events say."""
    from runtime.casework import verify as checks

    with _database(_settings()) as database:
        wrong = list(database.read_now(checks.differences))
    for line in wrong:
        print(line)
    if not wrong:
        print("Everything holds." if english else "事件链完整，数据与事件一致。")
    raise typer.Exit(1 if wrong else 0)


@main.command("verify-audit")
def verify_audit(english: English = False) -> None:
    """核对每份申请的事件链和库外锚定文件，指出第一处不符。 Check every chain and the anchor outside; names the first bad row."""
    from forms.texts import say
    from runtime.casework import verify as checks

    settings = _settings()
    with _database(settings) as database:
        wrong = database.read_now(checks.first_bad, settings.anchor)
    if wrong is None:
        print("The record holds." if english else "审计记录完整。")
        raise typer.Exit(0)
    print(say(wrong, "en" if english else "zh"))
    raise typer.Exit(1)


@main.command()
def erase(
    case: Annotated[str, typer.Argument(help="申请的编号。 Number or id of the case.")],
    fields: Annotated[list[str], typer.Argument(help="要删除的字段。 The fields to erase.")],
    reason: Annotated[str, typer.Option("--reason", help="理由。 Why.")],
    english: English = False,
) -> None:
    """永久删除一份已办结申请里的内容；事件链仍可核对。 Erase answers of a closed case for good; its chain can still be checked."""
    import asyncio

    from forms.texts import say
    from runtime.casework import erasing
    from runtime.casework.releases import Catalogue
    from runtime.site import Site
    from workflows.commands import Refusal

    settings, language = _settings(), "en" if english else "zh"
    with _database(settings) as database:
        site = Site(settings, database, Catalogue())
        result = asyncio.run(erasing.erase(site, case, tuple(fields), reason, "控制台" if language == "zh" else "console"))
    if result is None or isinstance(result, Refusal):
        missing = {"zh": f"没有编号为 {case} 的申请", "en": f"There is no case {case}"}
        _stop(*(say(result.message if result else missing, words) for words in ("zh", "en")))
    print(f"Erased from {result.case.number}." if english else f"已从 {result.case.number} 删除。")


Flow = Annotated[Path, typer.Argument(help="要导入的 JSON 文件。 The JSON file.", exists=True, dir_okay=False)]
Into = Annotated[Path, typer.Option("--into", help="新的应用文件夹，如 apps/trade-licence。 The new folder of the app.")]
Owner = Annotated[str | None, typer.Option("--owner", help="归口部门。 The department that owns it.")]


@bring.command("digit")
def import_digit(file: Flow, into: Into, owner: Owner = None, english: English = False) -> None:
    """导入 DIGIT 的 BusinessService。 A BusinessService of DIGIT becomes an app folder."""
    from builder.importing import commands

    raise typer.Exit(commands.run("digit", file, into, owner=owner, english=english))


@bring.command("flowlong")
def import_flowlong(file: Flow, into: Into, owner: Owner = None, english: English = False) -> None:
    """导入钉钉式的流程树（flowlong 的 JSON）。 A process tree in DingTalk's style becomes an app folder."""
    from builder.importing import commands

    raise typer.Exit(commands.run("flowlong", file, into, owner=owner, english=english))


Forms = Annotated[Path, typer.Argument(help="要导入的 JSON 文件，或放着它们的文件夹。 The JSON file, or a folder of them.", exists=True)]
Folder = Annotated[
    Path,
    typer.Option("--into", help="新的应用文件夹；导入文件夹时是放它们的地方。 The new folder of the app, or where those of a folder go."),
]


@bring.command("formio")
def import_formio(file: Forms, into: Folder, owner: Owner = None, english: English = False) -> None:
    """导入 form.io 的表单。 Forms of form.io become app folders."""
    from builder.importing import bring as bringing

    raise typer.Exit(bringing.run("formio", file, into, owner=owner, english=english))


@org.command("import")
def org_import(
    folder: Annotated[
        Path, typer.Argument(help="含 org/ 与 calendar/ 的文件夹。 A folder with org/ and calendar/.", exists=True, file_okay=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示将有的变化。 Only show what would change.")] = False,
    english: English = False,
) -> None:
    """导入部门、岗位、人员、角色和工作日历。 Import departments, posts, people, roles and the calendar."""
    from builder import commands
    from runtime.site import now

    with _database(_settings()) as database:
        raise typer.Exit(commands.org_import(folder, database, now=now(), dry_run=dry_run, english=english))


@org.command("password")
def org_password(
    person: Annotated[str, typer.Argument(help="账号。 The account.")],
    keep: Annotated[bool, typer.Option("--keep", help="本人登录后不必修改。 The person need not change it.")] = False,
) -> None:
    """为某人设置密码，并结束其全部会话。 Set a password; the person is signed out everywhere."""
    from runtime.people import passwords, signing_in
    from runtime.site import now

    settings = _settings()
    with _database(settings) as database:
        if not database.read_now(signing_in.exists, person):
            _stop(f"没有账号 {person}", f"There is no account {person}")
        hashed = passwords.hash_now(_ask_password(person, settings))
        database.write_now(signing_in.store_password, person, hashed, by="console", address="console", temporary=not keep, now=now())
    print(f"已设置 {person} 的密码。  The password of {person} is set.")


@org.command("administrator")
def org_administrator(
    person: Annotated[str, typer.Argument(help="账号。 The account.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="收回。 Take it back.")] = False,
) -> None:
    """授予或收回系统管理权限；定义和导入都做不到。 Give or take the right to administer: nothing else can."""
    from runtime.people import first_run, signing_in
    from runtime.site import now

    with _database(_settings()) as database:
        if not database.read_now(signing_in.exists, person):
            _stop(f"没有账号 {person}", f"There is no account {person}")
        if revoke:
            database.write_now(first_run.remove_administrator, person, now())
        else:
            database.write_now(first_run.add_administrator, person, now())
    print("已收回。  Taken back." if revoke else "已授予。  Given.")


@org.command("integration")
def org_integration(
    person: Annotated[str, typer.Argument(help="外部系统使用的账号。 The account of another system.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="收回。 Take it back.")] = False,
) -> None:
    """允许或不再允许一个账号向等待中的申请送达消息。 Let an account bring messages to cases that wait for them."""
    from runtime.people import first_run, signing_in
    from runtime.site import now

    with _database(_settings()) as database:
        if not database.read_now(signing_in.exists, person):
            _stop(f"没有账号 {person}", f"There is no account {person}")
        database.write_now(first_run.give_integration, person, now(), given=not revoke)
    print("已收回。  Taken back." if revoke else "已授予。  Given.")


#: what the command line said, for the process that serves by itself
_overrides: dict[str, Any] = {}


def _settings(**given: Any) -> "Settings":
    """The settings, with what the command line says on top. Says what is wrong with them in words."""
    from pydantic import ValidationError

    from runtime.settings import Settings

    _overrides.update(given)
    try:
        return Settings(**given)
    except ValidationError as wrong:
        lines = [f"  {'.'.join(map(str, error['loc']))}: {error['msg']}" for error in wrong.errors()]
        _stop("设置有误（变量 DABASHOU_… 或 dabashou.toml）：", "Something is wrong with the settings:", lines)


@contextmanager
def _database(settings: "Settings") -> "Generator[Database]":
    """The database in the shape of this version."""
    from runtime.store import migrate
    from runtime.store.database import Database, Unavailable

    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        database = Database.open(settings.database_url)
    except (Unavailable, ValueError) as error:
        _stop(f"数据库打不开：{error}", f"The database does not open: {error}")
    try:
        migrate.upgrade(database)
        yield database
    except Unavailable as error:
        _stop(f"数据库不可用：{error}", f"The database is not available: {error}")
    finally:
        database.close()


def _ask_password(person: str, settings: "Settings") -> str:
    """A good password, typed twice; or one line of standard input where nobody types."""
    from forms.texts import say
    from runtime.people import passwords

    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if problem := passwords.problem(password, person, settings):
            _stop(say(problem, "zh"), say(problem, "en"))
        return password
    while True:
        password: str = typer.prompt("密码 Password", hide_input=True, confirmation_prompt="再输一遍 Again")
        problem = passwords.problem(password, person, settings)
        if problem is None:
            return password
        print(say(problem, "zh"), say(problem, "en"), sep="\n")


def _stop(zh: str, en: str, lines: Iterable[str] = ()) -> NoReturn:
    print(zh, en, *lines, sep="\n", file=sys.stderr)
    raise typer.Exit(2)


if __name__ == "__main__":
    main()
