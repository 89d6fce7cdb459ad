"""Form."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("form", "表单", "Form", "forms", 10)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
