"""Entering by keyboard, measured in a real Chromium against the server that `make run` starts.

Keys and seconds of a HAMD and a BDI, the time until an answer is acknowledged, the weight of the pages on which people
work: what goes over the wire, headers and compression included. `make bench` prints it.
"""

import statistics
import time

import pytest

from tests.browser.sign_in import give_password_as_in_life, sign_in_by_page
from tests.browser.test_entry import HAMD_KEYS
from tests.browser.weighing import FIRST_KB, LATER_KB, PAGES, weighed
from tests.starter import starting

BDI_KEYS = "102110011021101100110"  # 21 answers
SAVES = 60


@pytest.fixture
def server(real_commits, tmp_path):
    for person in ("ines", "ruth"):
        give_password_as_in_life(person)
    with starting(real_commits, tmp_path, ECRF_MODE="demo") as begin:
        started = begin(with_files=True)
        started.until_served()
        yield started


@pytest.fixture
def page(chromium, server):
    context = chromium.new_context(base_url=server.url)
    yield context.new_page()
    context.close()


def typed(page, url, keys) -> tuple[int, float]:
    """Keys and seconds from the shown page to the saved form."""
    page.goto(url)
    begun = time.perf_counter()
    for key in [*keys, "Enter"]:
        page.keyboard.press(key)
    page.wait_for_url(lambda address: url not in address)
    return len(keys) + 1, time.perf_counter() - begun


def test_a_weekly_hamd_and_bdi(page):
    sign_in_by_page(page, "ines")
    print()
    total = 0.0
    for name, url, keys in (
        ("HAMD", "/subjects/JER-001/W3/HAMD/", HAMD_KEYS),
        ("BDI", "/subjects/JER-001/W3/BDI/", BDI_KEYS),
    ):
        pressed, seconds = typed(page, url, keys)
        total += seconds
        print(f"{name}: {pressed} keys, {seconds:.1f} s from the shown page to the saved form")
    print(f"both: {total:.1f} s (aim: less than 120 s)")


def test_an_answer_is_acknowledged(page):
    sign_in_by_page(page, "ruth")
    page.goto("/subjects/JER-001/W3/HAMD/")
    for number in range(SAVES):
        with page.expect_response(lambda answer: answer.url.endswith("/draft/") and answer.ok) as kept:
            page.keyboard.press(str(number % 3))
            page.keyboard.press("Backspace")
        kept.value.finished()
    waited = sorted(
        page.evaluate("""performance.getEntriesByType("resource")
        .filter((entry) => entry.name.endsWith("/draft/")).map((entry) => entry.responseEnd - entry.startTime)""")
    )
    print(
        f"\nan answer is acknowledged after {statistics.median(waited):.0f} ms (median of {len(waited)}), "
        f"{waited[int(len(waited) * 0.95) - 1]:.0f} ms (p95); aim: less than 100 ms on loopback"
    )


def test_the_weight_of_pages(page):
    sign_in_by_page(page, "ines")
    print(f"\n{'page':44} {'first':>9} {'later':>9}   (kB over the wire; aim {FIRST_KB} and {LATER_KB})")
    for url, first, later in weighed(page, PAGES):
        print(f"{url:44} {first:9.1f} {later:9.1f}")
