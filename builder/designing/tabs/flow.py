"""Flow."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("flow", "流程", "Flow", "git-fork", 20)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
