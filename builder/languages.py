"""old-language, new-language, upgrade-by-hand: a definition is compiled in the language of this version, and in no other."""

from builder import upgrading
from builder.nodes import Mapping, Node
from builder.problems import Problems
from builder.workspace import Workspace


def check(id: str, root: Node | None, files: Workspace, problems: Problems) -> bool:
    """Whether the app called ``id`` is in the current language, or names none; what keeps it from being moved up is said too."""
    language = upgrading.language_of(root)
    node = root.get("language") if isinstance(root, Mapping) else None
    if node is None or language is None or language == upgrading.CURRENT or language < upgrading.OLDEST:
        return True
    if language > upgrading.CURRENT:
        problems.add(
            node,
            "new-language",
            f"这份定义用语言 {language} 写成，这个版本最多读到 {upgrading.CURRENT}：请先升级搭把手",
            f"This definition is in language {language}; this version reads up to {upgrading.CURRENT}: update Dabashou first",
        )
        return False
    problems.add(
        node,
        "old-language",
        f"这份定义用语言 {language} 写成，现在是 {upgrading.CURRENT}：请运行 dabashou upgrade，注释和顺序都会保留",
        f"This definition is in language {language}, now it is {upgrading.CURRENT}: run dabashou upgrade, which keeps comments and order",
    )
    upgrading.upgrade(files.below(f"apps/{id}"), lambda path: files.shown(f"apps/{id}/{path}"), problems)
    return False
