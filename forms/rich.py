"""Formatted text: HTML of which only what an office letter needs is let through, by nh3 (the sanitiser ammonia)."""

import html
import re

#: no pictures, no styles, no scripts: what is written here is shown to others and printed
TAGS = frozenset(
    {"p", "br", "strong", "b", "em", "i", "u", "ul", "ol", "li", "h3", "h4", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a"}
)
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_BREAK = re.compile(r"</(?:p|li|h3|h4|blockquote|tr)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")


def clean(text: str) -> str:
    """``text`` as HTML that is safe to show. Plain text becomes paragraphs."""
    if "<" not in text:
        return "".join(f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in text.split("\n") if part.strip())
    import nh3  # of many workers few ever see formatted text

    return nh3.clean(
        text, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel="noopener noreferrer"
    ).strip()


def plain(text: str) -> str:
    """The words of formatted text, a line for each paragraph."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", text))).strip()
