"""Source."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("source", "源码", "Source", "code", 90)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
