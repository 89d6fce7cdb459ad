"""The composition root and the command line: `python app.py …` and `dabashou …` are the same."""

import typer

from builder.command_line import definitions, imports, people, publishing, record, server
from builder.command_line.server import worker

__all__ = ["main", "worker"]

main = typer.Typer(
    name="dabashou",
    help="搭把手：政务服务应用的低代码搭建平台。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
main.add_typer(server.room)
main.add_typer(definitions.room)
main.add_typer(publishing.room)
main.add_typer(record.room)
main.add_typer(people.room, name="org")
main.add_typer(imports.room, name="import")

if __name__ == "__main__":
    main()
