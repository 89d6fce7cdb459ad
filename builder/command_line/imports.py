"""`import …`: flows and forms of other products become app folders."""

from pathlib import Path
from typing import Annotated

import typer

from builder.command_line.opening import English

room = typer.Typer(help="导入其他系统的流程。 Flows of other products.", no_args_is_help=True)

Flow = Annotated[Path, typer.Argument(help="要导入的 JSON 文件。 The JSON file.", exists=True, dir_okay=False)]
Into = Annotated[Path, typer.Option("--into", help="新的应用文件夹，如 apps/trade-licence。 The new folder of the app.")]
Owner = Annotated[str | None, typer.Option("--owner", help="归口部门。 The department that owns it.")]


@room.command("digit")
def import_digit(file: Flow, into: Into, owner: Owner = None, english: English = False) -> None:
    """导入 DIGIT 的 BusinessService。 A BusinessService of DIGIT becomes an app folder."""
    from builder.importing import commands

    raise typer.Exit(commands.run("digit", file, into, owner=owner, english=english))


@room.command("flowlong")
def import_flowlong(file: Flow, into: Into, owner: Owner = None, english: English = False) -> None:
    """导入钉钉式的流程树（flowlong 的 JSON）。 A process tree in DingTalk's style becomes an app folder."""
    from builder.importing import commands

    raise typer.Exit(commands.run("flowlong", file, into, owner=owner, english=english))


Forms = Annotated[Path, typer.Argument(help="要导入的 JSON 文件，或放着它们的文件夹。 The JSON file, or a folder of them.", exists=True)]
Folder = Annotated[
    Path,
    typer.Option("--into", help="新的应用文件夹；导入文件夹时是放它们的地方。 The new folder of the app, or where those of a folder go."),
]


@room.command("formio")
def import_formio(file: Forms, into: Folder, owner: Owner = None, english: English = False) -> None:
    """导入 form.io 的表单。 Forms of form.io become app folders."""
    from builder.importing import bring as bringing

    raise typer.Exit(bringing.run("formio", file, into, owner=owner, english=english))


@room.command("json-schema")
def import_json_schema(
    file: Forms,
    into: Folder,
    ui: Annotated[Path | None, typer.Option("--ui", help="uiSchema 文件。 Its uiSchema.", exists=True, dir_okay=False)] = None,
    owner: Owner = None,
    english: English = False,
) -> None:
    """导入 JSON Schema 描述的表单。 Forms given as JSON Schemas become app folders."""
    from builder.importing import bring as bringing

    raise typer.Exit(bringing.run("json-schema", file, into, owner=owner, english=english, ui=ui))


@room.command("xgov")
def import_xgov(file: Forms, into: Folder, owner: Owner = None, english: English = False) -> None:
    """导入 XGov 表单设计器的表单。 Forms of the XGov form builder become app folders."""
    from builder.importing import bring as bringing

    raise typer.Exit(bringing.run("xgov", file, into, owner=owner, english=english))
