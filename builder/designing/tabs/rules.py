"""Rules."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("rules", "规则", "Rules", "adjustments", 30)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
