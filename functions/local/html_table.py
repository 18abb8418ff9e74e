"""The cells of a plain HTML table, as a browser puts it on the clipboard; anything that says more is not built."""

from __future__ import annotations

from html.parser import HTMLParser

from functions.local.errors import refuse_unbuilt

PLAIN = frozenset(
    {"html", "head", "body", "meta", "table", "thead", "tbody", "tfoot", "tr", "td", "br", "col", "colgroup"}
)


def rows_of(text: str) -> list[list[str]]:
    """Rows of cell texts. Raises ApiError 501 for tags or attributes beyond a plain table."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    if not parser.rows:
        refuse_unbuilt("pasteData of HTML without a table")
    return [["".join(parts).strip() for parts in row] for row in parser.rows]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[list[str]]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag not in PLAIN or (attrs and tag != "meta"):
            refuse_unbuilt(f"pasteData of HTML with {tag}{' attributes' if tag in PLAIN else ''}")
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append([])
        elif tag == "br" and self._inside:
            self.rows[-1][-1].append("\n")
        self._inside = self._inside if tag == "br" else tag == "td"

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self._inside = self._inside and tag not in {"td", "tr", "table"}

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._inside:
            self.rows[-1][-1].append(" ".join(data.split()) if data.strip() else "")
