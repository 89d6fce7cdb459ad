"""Print."""

from typing import Any

from builder.designing.tab import tab
from builder.designing.view import View


@tab("print", "打印", "Print", "printer", 40)
def context(view: View) -> dict[str, Any]:
    return {"texts": view.work.texts}
