"""The reference of the page benchmarks: what Starlette and Jinja alone do with a page of 20 rows, no database, no session.

Served by one uvicorn worker (uvloop, httptools, no access log) pinned to one core; the load comes from wrk, one thread, 32
connections, pinned to another core; at least three rounds, reference and page in turn, medians of the ratios.
"""

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

PAGE = Environment(autoescape=True).from_string(
    '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="/s.css"></head><body>'
    '<header><h1>{{ title }}</h1><nav><a href="/">Home</a> <a href="/todo">To do</a></nav></header><main><table><thead><tr><th>No</th><th>Title</th>'
    "<th>Status</th><th>Assignee</th><th>Created</th><th></th></tr></thead><tbody>{% for r in rows %}<tr><td>{{ r.number }}</td><td>{{ r.title }}</td>"
    '<td><span class="tag {{ r.status }}">{{ r.status }}</span></td><td>{{ r.assignee }}</td><td>{{ r.created }}</td>'
    '<td><a href="/t/{{ r.id }}" hx-get="/t/{{ r.id }}" hx-target="main">Open</a></td></tr>{% endfor %}</tbody></table></main></body></html>'
)
ROWS = [
    {
        "id": i,
        "number": f"C{i:07d}",
        "title": f"Application <{i}> of citizen",
        "status": "open",
        "assignee": 7,
        "created": "2026-01-02 03:04:05",
    }
    for i in range(20)
]


async def page(_: Request) -> HTMLResponse:
    return HTMLResponse(PAGE.render(title="My tasks", rows=ROWS))


app = Starlette(routes=[Route("/", page)])
