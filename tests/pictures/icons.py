"""Make the till page's icons for the home screen from icon.svg. Needs Chromium.

python tests/pictures/icons.py
"""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent)]

from browser import Browser, started  # noqa: E402

STATIC = HERE.parents[1] / "functions" / "till" / "static"
#: Name -> pixels, and how much of them the drawing fills: Android cuts a maskable one to a circle of 80 %.
ICONS = {"icon-192.png": (192, 1.0), "icon-512.png": (512, 1.0), "icon-maskable.png": (512, 0.8)}


def main() -> None:
    """Draw each size on nothing, the maskable one on its own green."""
    drawing = "data:image/svg+xml;base64," + base64.b64encode((STATIC / "icon.svg").read_bytes()).decode()
    with tempfile.TemporaryDirectory() as folder:
        driver = started(Path(folder), "--hide-scrollbars")
        try:
            browser = Browser(driver)
            for name, (size, filled) in ICONS.items():
                browser.size((size, size))
                ground = "transparent" if filled == 1 else "#0b6e4f"
                style = f"margin:0;height:100vh;display:grid;place-items:center;background:{ground}"
                driver.get(f"data:text/html,<body style='{style.replace('#', '%23')}'>")
                browser.run(
                    "document.body.append(Object.assign(new Image(), {src: arguments[0], width: arguments[1]}))",
                    drawing,
                    size * filled,
                )
                browser.wait(lambda: browser.run("return document.images[0].complete"))
                nothing = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}}
                driver.execute_cdp_cmd("Emulation.setDefaultBackgroundColorOverride", nothing)
                shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
                (STATIC / name).write_bytes(base64.b64decode(shot["data"]))
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
