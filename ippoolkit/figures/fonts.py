"""Fonts with Chinese characters: those of the machine, else the one that the extra `chinese` installs."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager

# The first that is installed is used.
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",  # matplotlib names the whole collection by its first face
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
)
_PACKAGE = "pylopdf_fonts_zh_cn"


def packaged_font_folder() -> Path | None:
    """Return the folder of the fonts that the extra `chinese` installs; None without it."""
    spec = find_spec(_PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else None


@cache
def chinese_fonts() -> tuple[str, ...]:
    """Return the names of the fonts with Chinese characters that matplotlib can use here."""
    if not _known_fonts():
        _add_new_fonts()
    folder = packaged_font_folder()
    if folder and not _known_fonts():
        for path in folder.glob("*Sans*.otf"):
            font_manager.fontManager.addfont(path)
    return _known_fonts()


def _known_fonts() -> tuple[str, ...]:
    known = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in CHINESE_FONTS if name in known)


def _add_new_fonts() -> None:
    """Add fonts that were installed after matplotlib made its list of them, and keep the list."""
    manager = font_manager.fontManager
    known = {font.fname for font in manager.ttflist}
    new_paths = [path for path in font_manager.findSystemFonts() if path not in known]
    for path in new_paths:
        with suppress(Exception):  # FreeType raises all kinds for a file that is no font
            manager.addfont(path)
    if {font.fname for font in manager.ttflist} > known:
        with suppress(OSError):  # a home that cannot be written to
            name = f"fontlist-v{font_manager.FontManager.__version__}.json"
            font_manager.json_dump(manager, Path(mpl.get_cachedir()) / name)
