"""The statements of every page: a line for each URL of the table of roles, by one person to whom it is shown.

Counted are a page's own statements, as in test_costs.py. `make bench` prints it.
"""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import trial
from tests.pages.test_costs import NOT_COUNTED
from tests.pages.test_every_page_by_role import FRESH, INES, TABLE, address


def test_statements_of_every_page(client, everything):
    print(f"\n{'page':24} {'person':10} {'status':>6} {'statements':>10}")
    for name, expectations in TABLE.items():
        for expected in expectations:
            if not expected.who:
                continue
            person = INES if INES in expected.who else min(expected.who)
            client.force_login(trial.person(person))
            ask = client.post if expected.only_post else client.get
            with CaptureQueriesContext(connection) as captured:
                answer = ask(address(name, expected, everything))
            own = [query for query in captured.captured_queries if not NOT_COUNTED.search(query["sql"])]
            fresh = " (asks who it is again)" if answer.status_code == FRESH else ""
            print(f"{name:24} {person:10} {answer.status_code:6} {len(own):10}{fresh}")
