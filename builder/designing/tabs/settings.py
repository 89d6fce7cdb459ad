"""Settings."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("settings", "设置", "Settings", "settings", 80)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
