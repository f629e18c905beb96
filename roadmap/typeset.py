"""Pages set as PDF, in the one font that comes with the program: nothing of the system is needed or used.

A page is Typst's source and what it is given; the same two give the same bytes, whenever they are set.
"""

from collections.abc import Mapping
from typing import Any, cast

FONT = "Noto Sans SC"  # the family's name within the file of the package


def typeset(source: str, inputs: Mapping[str, str]) -> bytes:
    """The PDF. The libraries are loaded when they are first asked for: most readers never take anything away."""
    import typst
    from pylopdf_fonts_zh_cn import sans_path

    fonts = [str(sans_path().parent)]
    how: Any = {"font_paths": fonts, "ignore_system_fonts": True, "sys_inputs": dict(inputs)}
    return cast("bytes", typst.Compiler(source.encode(), **how).compile())
