"""What reads definitions and says something about them: `check`, `upgrade`, `test`, `diff`, `prove`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from builder.command_line import opening
from builder.command_line.opening import English

room = typer.Typer()

Definitions = Annotated[
    Path, typer.Argument(help="工作区、其中的 apps/，或一个应用的文件夹。 A workspace or an app's folder.", exists=True)
]
Format = Literal["text", "json", "sarif", "github"]


@room.command()
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


@room.command()
def upgrade(
    path: Definitions,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示将有的变化。 Only show what would change.")] = False,
    english: English = False,
) -> None:
    """把用较早语言写的定义升级到现在的语言，保留注释。 Move definitions of an older language up; comments stay."""
    from builder.upgrading import commands

    raise typer.Exit(commands.run(path, dry_run=dry_run, english=english))


@room.command("test")
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
    from builder.scenarios import commands

    if record:
        with opening.database(opening.settings()) as database:
            raise typer.Exit(commands.record(path, record, database, into=into, english=english))
    if format not in ("text", "json", "junit"):
        opening.stop("--format 是 text、json 或 junit", "--format is text, json or junit")
    raise typer.Exit(commands.run(path, format=format, coverage=coverage, at_least=at_least, english=english))


@room.command()
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
        opening.stop(
            "--format 是 text 或 json；--fail-on 是 high、medium 或 low", "--format is text or json; --fail-on is high, medium or low"
        )
    if not cases and not plan and not write_plan:
        raise typer.Exit(commands.diff(old, new, folder=workspace, format=format, fail_on=fail_on or None, english=english))
    from builder import publishing
    from runtime.site import now

    with opening.database(opening.settings()) as database:
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


@room.command()
def prove(path: Definitions, english: English = False) -> None:
    """证明每个应用的流程走得通，列出各项结论。 Prove that the flows work; exit code 1 if something does not hold."""
    from builder import proving

    raise typer.Exit(proving.run(path, english=english))
