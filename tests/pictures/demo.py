"""Make demo.png: the demo's own output in a terminal's clothes. Needs Chromium.

python tests/pictures/demo.py
"""

from __future__ import annotations

import html
import subprocess
import tempfile
from pathlib import Path

from functions.local import demo

STYLE = (
    "body{margin:0;background:#11151c;color:#d7dde6;font:15px/1.45 'DejaVu Sans Mono',monospace;padding:26px 30px}"
    "pre{margin:0;white-space:pre-wrap;word-break:break-word}b{color:#fff}i{color:#7fb4ff;font-style:normal}"
    "u{color:#8fdc9a;text-decoration:none}s{color:#8b95a5;text-decoration:none}"
)
COLOURS = {"   →": "i", "   ←": "u", "[": "s"}
FIRST, LAST = "6. ", "11. "
SIZE = "1660,1600"


def shown(lines: list[str]) -> list[str]:
    """The beginning of the story, the till's part, and the tables."""
    text = "\n".join(lines).split("\n")
    cut = next(n for n, line in enumerate(text) if line.startswith("3. "))
    till = next(n for n, line in enumerate(text) if line.startswith(FIRST))
    after = next(n for n, line in enumerate(text) if line.startswith(LAST))
    tables = next(n for n, line in enumerate(text) if line == "Promo codes")
    return ["$ promosheet demo", *text[:cut], "   …", "", *text[till:after], "   …", "", *text[tables:]]


def page(lines: list[str]) -> str:
    """The lines as HTML."""
    marked = []
    for line in lines:
        tag = next((tag for start, tag in COLOURS.items() if line.startswith(start)), None)
        tag = tag or ("b" if line[:1].isdigit() or line.startswith("$") else None)
        marked.append(f"<{tag}>{html.escape(line)}</{tag}>" if tag else html.escape(line))
    text = "\n".join(marked)
    return f"<meta charset=utf-8><style>{STYLE}</style><pre>{text}</pre>"


def main() -> None:
    """Play the demo and take the picture."""
    lines: list[str] = []
    demo.play(lines.append, stay=False)
    target = Path(__file__).with_name("demo.png")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "demo.html"
        source.write_text(page(shown(lines)), "utf-8")
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            f"--user-data-dir={folder}/profile", f"--window-size={SIZE}", f"--screenshot={target}", source.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
