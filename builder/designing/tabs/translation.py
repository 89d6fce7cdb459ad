"""Translation."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("translation", "翻译", "Translation", "language", 70)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
