"""`serve`, and the application of each process that serves."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.command_line import opening

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from runtime.settings import Settings
    from runtime.store.database import Database

room = typer.Typer()


@room.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址。 Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="端口。 Port.")] = None,
    workers: Annotated[int | None, typer.Option(help="进程数，多于一个须用 PostgreSQL。 More than one needs PostgreSQL.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="演示：示例城市，选择身份即可登录。 The example city; people are chosen.")] = False,
) -> None:
    """启动服务。 Serve."""
    from runtime.serving import logs

    given = {"host": host, "port": port, "workers": workers, "demo": demo or None}
    settings = opening.settings(**{name: value for name, value in given.items() if value is not None})
    if settings.workers > 1 and not settings.database_url.startswith("postgresql"):
        opening.stop(
            f"SQLite 只由一个进程服务（现在要求 {settings.workers} 个）。去掉 --workers，或用 DABASHOU_DATABASE 指定 PostgreSQL。",
            f"SQLite is served by one process, not by {settings.workers}. Leave out --workers, or name a PostgreSQL in DABASHOU_DATABASE.",
        )
    logs.configure(settings.log_level)
    with opening.database(settings) as database:
        lines = _prepare_demo(settings, database) if settings.demo else _prepare(settings, database)
    _run(settings, [*lines, *_address(settings)])


def _prepare_demo(settings: "Settings", database: "Database") -> list[str]:
    """The example city, on an empty database; what was changed in it stays. Gives what to tell on the console."""
    from runtime.casework import releases
    from runtime.people import demo
    from runtime.site import now

    if database.read_now(demo.somebody_has_a_password):
        opening.stop(
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
        hashed = passwords.hash_now(opening.ask_password(first_run.PERSON, settings))
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
    uvicorn.run("builder.command_line.server:worker", factory=True, workers=settings.workers, **options)


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
    from builder import designing
    from runtime.serving import logs
    from runtime.web import create_app

    settings = opening.settings(**opening.overrides)
    logs.configure(settings.log_level)
    schemas = {path.name: path.read_bytes() for path in (Path(builder.__file__).parent / "schema").glob("*.json")}
    app = create_app(settings, schemas=schemas, later=designing.LATER)
    # all that has been loaded stays: looking through it for garbage stopped everybody for a fifth of a second now and then
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)
    return app
