"""`org …`: the organisation and its accounts."""

from pathlib import Path
from typing import Annotated

import typer

from builder.command_line import opening
from builder.command_line.opening import English

room = typer.Typer(help="组织机构与账号。 The organisation and its accounts.", no_args_is_help=True)


@room.command("import")
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

    with opening.database(opening.settings()) as database:
        raise typer.Exit(commands.org_import(folder, database, now=now(), dry_run=dry_run, english=english))


@room.command("password")
def org_password(
    person: Annotated[str, typer.Argument(help="账号。 The account.")],
    keep: Annotated[bool, typer.Option("--keep", help="本人登录后不必修改。 The person need not change it.")] = False,
) -> None:
    """为某人设置密码，并结束其全部会话。 Set a password; the person is signed out everywhere."""
    from runtime.people import passwords, signing_in
    from runtime.site import now

    settings = opening.settings()
    with opening.database(settings) as database:
        if not database.read_now(signing_in.exists, person):
            opening.stop(f"没有账号 {person}", f"There is no account {person}")
        hashed = passwords.hash_now(opening.ask_password(person, settings))
        database.write_now(signing_in.store_password, person, hashed, by="console", address="console", temporary=not keep, now=now())
    print(f"已设置 {person} 的密码。  The password of {person} is set.")


@room.command("administrator")
def org_administrator(
    person: Annotated[str, typer.Argument(help="账号。 The account.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="收回。 Take it back.")] = False,
) -> None:
    """授予或收回系统管理权限；定义和导入都做不到。 Give or take the right to administer: nothing else can."""
    from runtime.people import first_run, signing_in
    from runtime.site import now

    with opening.database(opening.settings()) as database:
        if not database.read_now(signing_in.exists, person):
            opening.stop(f"没有账号 {person}", f"There is no account {person}")
        if revoke:
            database.write_now(first_run.remove_administrator, person, now())
        else:
            database.write_now(first_run.add_administrator, person, now())
    print("已收回。  Taken back." if revoke else "已授予。  Given.")


@room.command("integration")
def org_integration(
    person: Annotated[str, typer.Argument(help="外部系统使用的账号。 The account of another system.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="收回。 Take it back.")] = False,
) -> None:
    """允许或不再允许一个账号向等待中的申请送达消息。 Let an account bring messages to cases that wait for them."""
    from runtime.people import first_run, signing_in
    from runtime.site import now

    with opening.database(opening.settings()) as database:
        if not database.read_now(signing_in.exists, person):
            opening.stop(f"没有账号 {person}", f"There is no account {person}")
        database.write_now(first_run.give_integration, person, now(), given=not revoke)
    print("已收回。  Taken back." if revoke else "已授予。  Given.")


@room.command("designer")
def org_designer(
    person: Annotated[str, typer.Argument(help="账号。 The account.")],
    app: Annotated[
        str, typer.Option("--app", help="只限这个应用；默认全部，并可新建。 Only this app; all, and new ones, if not given.")
    ] = "*",
    review: Annotated[bool, typer.Option("--review", help="审核，而不是设计。 To review instead of designing.")] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="收回。 Take it back.")] = False,
) -> None:
    """授予或收回设计、审核应用的权利；定义和导入都做不到。 Give or take the right to design apps, or to review them."""
    from runtime.people import designers, signing_in
    from runtime.site import now

    with opening.database(opening.settings()) as database:
        if not database.read_now(signing_in.exists, person):
            opening.stop(f"没有账号 {person}", f"There is no account {person}")
        change = designers.take if revoke else designers.give
        database.write_now(change, person, app, "review" if review else "design", "console", now())
    print("已收回。  Taken back." if revoke else "已授予。  Given.")
