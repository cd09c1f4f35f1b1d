"""A Chromium for the browser's tests: the system's, else the distribution's, else Playwright's own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The path of the browser to launch. On Ubuntu `chromium-browser` may be a signpost to a snap: it has to answer."""
    for path in filter(None, map(shutil.which, NAMES)):
        try:
            answer = subprocess.run([path, "--version"], capture_output=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if answer.returncode == 0:
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def missing_library(words: list[str]) -> str:
    """The name of a library of the system's that the program wants and a minimal machine has not; '' when it runs."""
    done = subprocess.run(words, capture_output=True, text=True, errors="replace")
    found = re.search(r"(?:loading shared libraries|Library not loaded): (\S+?)[:\s]", done.stderr)
    return found.group(1) if done.returncode and found else ""


def make_playwright_run() -> str:
    """What stands in the way of Playwright's own Node, in a sentence; '' when nothing does. Root installs it."""
    from playwright._impl._driver import compute_driver_executable

    words = [str(compute_driver_executable()[0]), "--version"]
    missing = missing_library(words)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        for deed in (["update"], ["install", "-y", "--no-install-recommends", "libatomic1"]):
            subprocess.run(["apt-get", "-qq", *deed], stdout=subprocess.DEVNULL)
        missing = missing_library(words)
    if not missing:
        return ""
    return (
        f"The browser's tests need {missing}, which is missing. Debian, Ubuntu: apt-get install libatomic1 chromium."
        " Everything else: make test ARGS='--ignore=tests/browser'"
    )


def install() -> bool:
    """Whether it worked."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser's tests (apt-get).", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"], **quiet)
        if executable():
            return True
    print("Installing Chromium for the browser's tests (Playwright).", flush=True)
    words = [sys.executable, "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        words.insert(-1, "--with-deps")
    subprocess.run(words)
    return executable() is not None


if __name__ == "__main__":
    if trouble := make_playwright_run():
        sys.exit(trouble)
    if not executable() and not install():
        sys.exit("No Chromium for the browser's tests. Install one (Debian: apt-get install chromium).")
