"""The way to a release: what the change means, what is wrong, how it was tried, and who is asked to review it."""

from typing import Any

from builder.designing import reviewing
from builder.designing.tab import tab
from builder.designing.view import View


@tab("publish", "发布", "Publish", "rocket", 110)
def context(view: View) -> dict[str, Any]:
    """The study of the draft, and the reviews so far."""
    study = reviewing.study_of(view.studio, view.draft)
    reviews = view.studio.site.database.read_now(reviewing.of_app, view.app)
    return {"study": study, "reviews": reviews, "waiting": next((row for row in reviews if row.state == reviewing.WAITING), None)}
