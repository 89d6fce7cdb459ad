"""What changes which release of an app is in use: `publish`, `rollback`, `history`, `retire`."""

from pathlib import Path
from typing import Annotated

import typer

from builder.command_line import opening
from builder.command_line.opening import English

room = typer.Typer()


@room.command()
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

    settings = opening.settings(**({"demo": True} if demo else {}))
    with opening.database(settings) as database:
        if unreviewed and (not settings.demo or database.read_now(demonstration.somebody_has_a_password)):
            opening.stop(
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


@room.command()
def rollback(
    app: AppId,
    to: Annotated[str | None, typer.Option("--to", help="版本（sha256:… 的开头），默认上一个。 A release; the one before if none.")] = None,
    english: English = False,
) -> None:
    """退回上一个版本；刚换用新版本、还没有人办理的申请一并退回。 Back to the release before, with the cases nobody has acted on."""
    from builder import publishing, releasing
    from runtime.site import now

    settings = opening.settings()
    with opening.database(settings) as database:
        console = publishing.Console(database, now, mails=bool(settings.mail_server))
        raise typer.Exit(releasing.rollback(app, console, "console", to=to, english=english))


@room.command()
def history(app: AppId, english: English = False) -> None:
    """应用的发布记录，最近的在前。 What was published of an app, the latest first."""
    from builder import publishing, releasing
    from runtime.people import organisation
    from runtime.site import now

    with opening.database(opening.settings()) as database:
        here = database.read_now(organisation.stored)
        zone = here.calendar.time_zone if here else "Asia/Shanghai"
        raise typer.Exit(releasing.history(app, publishing.Console(database, now), zone, english=english))


@room.command()
def retire(
    app: AppId,
    reopen: Annotated[bool, typer.Option("--reopen", help="重新受理。 Take new cases again.")] = False,
    english: English = False,
) -> None:
    """停止受理新的申请；在办的照常办理。 No new cases; those under way go on."""
    from builder import publishing, releasing
    from runtime.site import now

    with opening.database(opening.settings()) as database:
        raise typer.Exit(releasing.retire(app, publishing.Console(database, now), "console", reopen=reopen, english=english))
