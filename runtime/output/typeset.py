"""Paper from data, by Typst: one program for all papers, which is ours; what people typed reaches it as JSON and never as code."""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import anyio
import msgspec
from anyio import to_thread

from forms.texts import Text
from templates import FOLDER

#: papers made at once: Typst uses all cores by itself
AT_ONCE = 2
#: of these a paper needs one of each to be read: a face for sentences and one for headings
SERIF = (
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "NSimSun",
    "STSong",
    "AR PL UMing CN",
    "FangSong",
    "STFangsong",
)
SANS = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "SimHei",
    "STHeiti",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
#: the wheel that brings both
WHEEL = "pylopdf_fonts_zh_cn"


class NoFont(Exception):
    """No font of this machine has Chinese characters. The words say what to install."""

    words: Text = {
        "zh": "这台服务器上没有中文字体，无法生成 PDF。请管理员安装字体包：pip install pylopdf-fonts-zh-cn，或 apt install fonts-noto-cjk，"
        "或在设置 DABASHOU_FONTS 里写字体文件夹，然后重新启动服务。",
        "en": "This server has no Chinese font, so no PDF can be made. An administrator can install one: pip install pylopdf-fonts-zh-cn, "
        "or apt install fonts-noto-cjk, or name a folder of fonts in the setting DABASHOU_FONTS; then restart the server.",
    }


async def pdf(data: dict[str, Any], folders: Sequence[Path] = ()) -> bytes:
    """The paper that ``data`` describes (see `paper.Paper`), as PDF 1.7 with tags. ``folders``: of more fonts. Raises NoFont."""
    return await to_thread.run_sync(now, data, tuple(folders), limiter=_limiter())


def now(data: dict[str, Any], folders: tuple[Path, ...] = ()) -> bytes:
    """As `pdf`, in this thread."""
    import typst

    found = fonts(folders)
    nowhere = str(FOLDER / "print" / "none")
    # the program reads nothing but its input: its root is the folder it lies in, and there are no packages
    # its hints want the program and its root to be of one type, which they need not be
    made = cast(Any, typst).compile(
        _program(),
        root=str(FOLDER / "print"),
        font_paths=found,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(4)
def fonts(folders: tuple[Path, ...] = (), system: bool = True, wheel: bool = True) -> Any:
    """The fonts of the machine, of ``folders`` and of the wheel. Raises NoFont where none is Chinese."""
    import typst

    paths = [str(folder) for folder in folders]
    if wheel and (spec := find_spec(WHEEL)) and spec.origin:
        paths.append(str(Path(spec.origin).parent))
    found = typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=paths)
    families = set(found.families())
    if families.isdisjoint((*SERIF, *SANS)):
        raise NoFont
    return found


@cache
def _program() -> bytes:
    return (FOLDER / "print" / "case.typ").read_bytes()


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(AT_ONCE)
