"""History."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("history", "历史", "History", "history", 100)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
