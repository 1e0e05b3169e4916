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
SIZE = {"width": 900, "height": 680}
EVERY = 2
"""Steps from one frame to the next."""
FRAME, LAST = 100, 3000
"""Milliseconds that a frame is shown, and the last one."""


def main(url: str, target: Path) -> None:
    """Ask the server at `url` something; save in `target` how the page plays what it recorded of the reply.

    Pictures are taken afterwards, since taking them would cost the model most of the machine.
    """
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
        page.locator('[aria-busy="false"]').wait_for()
        print(", ".join(page.locator(".facts li").all_inner_texts()))
        slider = page.get_by_label("Step", exact=True)
        last = int(str(slider.get_attribute("max")))
        frames = []
        for step in [*range(0, last, EVERY), last]:
            slider.fill(str(step))
            page.evaluate("document.activeElement.blur()")
            frames.append(Image.open(io.BytesIO(page.screenshot())))
        browser.close()
    durations = [FRAME] * (len(frames) - 1) + [LAST]
    frames[0].save(
        target, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=70, method=6
    )
    print(f"{target}: {len(frames)} frames, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
