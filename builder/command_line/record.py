"""What an auditor and an archivist do with the record of cases: `verify`, `verify-audit`, `erase`."""

from typing import Annotated

import typer

from builder.command_line import opening
from builder.command_line.opening import English

room = typer.Typer()


@room.command()
def verify(english: English = False) -> None:
    """核对事件链与数据行。 Check that no event was changed and that the rows say what the events say."""
    from runtime.casework import verify as checks

    with opening.database(opening.settings()) as database:
        wrong = list(database.read_now(checks.differences))
    for line in wrong:
        print(line)
    if not wrong:
        print("Everything holds." if english else "事件链完整，数据与事件一致。")
    raise typer.Exit(1 if wrong else 0)


@room.command("verify-audit")
def verify_audit(english: English = False) -> None:
    """核对每份申请的事件链和库外锚定文件，指出第一处不符。 Check every chain and the anchor outside; names the first bad row."""
    from forms.texts import say
    from runtime.casework import verify as checks

    settings = opening.settings()
    with opening.database(settings) as database:
        wrong = database.read_now(checks.first_bad, settings.anchor)
    if wrong is None:
        print("The record holds." if english else "审计记录完整。")
        raise typer.Exit(0)
    print(say(wrong, "en" if english else "zh"))
    raise typer.Exit(1)


@room.command()
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

    settings, language = opening.settings(), "en" if english else "zh"
    with opening.database(settings) as database:
        site = Site(settings, database, Catalogue())
        result = asyncio.run(erasing.erase(site, case, tuple(fields), reason, "控制台" if language == "zh" else "console"))
    if result is None or isinstance(result, Refusal):
        missing = {"zh": f"没有编号为 {case} 的申请", "en": f"There is no case {case}"}
        opening.stop(*(say(result.message if result else missing, words) for words in ("zh", "en")))
    print(f"Erased from {result.case.number}." if english else f"已从 {result.case.number} 删除。")
