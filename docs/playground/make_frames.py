"""Makes the moving picture of the page that the README opens with.

    llada serve --port 8000
    pip install playwright pillow
    python docs/playground/make_frames.py http://127.0.0.1:8000 docs/playground/denoising.webp

Playwright drives the Chromium that the variable CHROMIUM names (or its own).
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

QUESTION = "Write a short story about a fox."
SIZE = {"width": 900, "height": 600}
FRAME, LAST = 120, 3000
"""Milliseconds that a frame is shown, and the last one."""


def main(url: str, target: Path) -> None:
    """Ask the server at `url` something, and save what the page shows until then in `target`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(url)
        page.locator(".status.ready").wait_for()
        page.get_by_role("button", name="Settings", exact=True).click()
        page.get_by_label("gen_length", exact=True).fill("96")
        page.get_by_role("button", name="Close the panel").click()
        page.get_by_role("button", name=QUESTION).click()
        frames = []
        while page.locator('[aria-busy="true"]').count():
            frames.append(Image.open(io.BytesIO(page.screenshot())))
        frames.append(Image.open(io.BytesIO(page.screenshot())))
        browser.close()
    durations = [FRAME] * (len(frames) - 1) + [LAST]
    frames[0].save(
        target, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=70, method=6
    )
    print(f"{target}: {len(frames)} frames, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
