"""Messages."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("messages", "消息", "Messages", "bell", 60)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
