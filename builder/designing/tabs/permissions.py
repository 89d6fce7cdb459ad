"""Permissions."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("permissions", "权限", "Permissions", "users", 50)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
