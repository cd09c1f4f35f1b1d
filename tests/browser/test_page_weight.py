"""Pages are light (DESIGN 10): so many kilobytes at first, so many once style sheets and scripts are there."""

import re
import urllib.request

import pytest

from tests.browser.sign_in import give_password_as_in_life, sign_in_by_page
from tests.browser.weighing import FIRST_KB, LATER_KB, PAGES, weighed
from tests.starter import starting


@pytest.fixture
def server(real_commits, tmp_path):
    give_password_as_in_life("ines")
    with starting(real_commits, tmp_path, ECRF_MODE="demo") as begin:
        started = begin(with_files=True)
        started.until_served()
        yield started


def test_the_pages_on_which_people_work_are_light_and_their_files_stay_in_the_cache(chromium, server):
    context = chromium.new_context(base_url=server.url)
    page = sign_in_by_page(context.new_page(), "ines")
    heavy = [(url, first, later) for url, first, later in weighed(page, PAGES) if first > FIRST_KB or later > LATER_KB]
    assert heavy == []
    page.goto("/")
    for sheet in re.findall(r'href="(/static/[^"]+css)"', page.content()):
        headers = urllib.request.urlopen(server.url + sheet).headers
        assert headers["Cache-Control"] == "max-age=315360000, public, immutable", sheet
    context.close()
    # Compressed and padded, so that the length of a page tells nothing (decisions/0004).
    request = urllib.request.Request(f"{server.url}/accounts/login/", headers={"Accept-Encoding": "gzip"})
    lengths = set()
    for _ in range(12):
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Cache-Control"] == "no-store"
            lengths.add(len(answer.read()))
    assert len(lengths) > 3
