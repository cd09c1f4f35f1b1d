"""The pictures of README's tour, taken from the demo in headless Chromium: `make pictures`.

A demo of its own is built, served and thrown away. What a picture shows is what the code shows: run it after a change
of these pages. Pictures are set in 128 colours, which a page of text does not miss and a repository notices.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser_for_tests import executable

HERE = Path(__file__).parents[1]
FOLDER = HERE / "trialsite" / "pictures"
PORT = 8199
DESKTOP, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1000}
#: Name of the file -> who looks, at what, on which screen. The demo of the first trial is the same on every day.
PICTURES = {
    "work-list": ("investigator", "/", DESKTOP),
    "casebook": ("investigator", "/subjects/JER-009/", DESKTOP),
    "rating": ("rater", "/subjects/JER-009/W4/HAMD/", DESKTOP),
    "dosing": ("investigator", "/subjects/JER-009/W4/DOSING/", TABLET),
    "visits": ("data-manager", "/visits/", DESKTOP),
    "dashboard": ("data-manager", "/dashboard/", DESKTOP),
    "report": ("statistician", "/reports/blinded/", DESKTOP),
}


def take_all() -> None:
    """Build the demo, take every picture, throw the demo away."""
    FOLDER.mkdir(exist_ok=True)
    var = tempfile.mkdtemp(prefix="ecrf-pictures-")
    words = [sys.executable, "-m", "trialsite.starter.run"]
    served = subprocess.Popen(
        words,
        cwd=HERE,
        env=os.environ | {"PORT": str(PORT), "ECRF_VAR": var, "ECRF_TRIAL": "dcs_trd", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _take(_passwords(served))
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(timeout=60)
        shutil.rmtree(var, ignore_errors=True)


def _passwords(served: subprocess.Popen) -> dict[str, str]:
    """What the starter prints: one account a line, until it says that it serves."""
    found = {}
    for line in served.stdout:
        if account := re.match(r"  (\S+)\s+((?:\w{4}-){3}\w{4})\s", line):
            found[account[1]] = account[2]
        if line.startswith("Served at"):
            return found
    raise SystemExit("The demo was not served, so no picture was taken.")


def _take(passwords: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", "--disable-gpu"])
        for name, (who, address, screen) in PICTURES.items():
            context = browser.new_context(
                base_url=f"http://localhost:{PORT}", viewport=screen, color_scheme="light", locale="en-GB"
            )
            page = context.new_page()
            page.goto("/accounts/login/")
            page.get_by_label("Username or e-mail").fill(who)
            page.get_by_label("Password").fill(passwords[who])
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(lambda url: "/accounts/login/" not in url)
            if (answer := page.goto(address, timeout=120_000)).status != 200:
                raise SystemExit(f"{address} answers {answer.status} to the {who}, so there is no picture of it.")
            while page.locator("progress").count():  # it is made in the background
                page.wait_for_timeout(1000)
                page.goto(address)
            page.wait_for_load_state("networkidle")
            taken = FOLDER / f"{name}.png"
            page.screenshot(path=taken)
            with Image.open(taken) as picture:
                picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(taken, optimize=True)
            print(f"{taken.relative_to(HERE)}: {taken.stat().st_size // 1024} kB", flush=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    take_all()
