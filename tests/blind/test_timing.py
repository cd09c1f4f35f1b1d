"""How long answers take in the two worlds, in balanced order: told by `make blind`, and judged by who reads it.

A person goes through the addresses in one world, twice in the other, and once more in the first; the next person in the
order B A A B. So what warms up, slows down or drifts meanwhile falls on both worlds alike; each page was asked for once
before. Compared are the logarithms of the times, address by address (Wilcoxon's signed ranks, two-sided), with the
Hodges-Lehmann estimate of the ratio and its interval. Two runs of one world differ too, so a small p alone is no
finding: a ratio whose interval lies outside of 0.98 to 1.02 is one.
"""

import os
import time

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from scipy.stats import wilcoxon

from crf import trial as served
from tests import databases, trial
from tests.blind.test_arm_swap import BLINDED, addresses
from tests.blind.two_worlds import swap
from trialsite.database import roles

pytestmark = [
    pytest.mark.every_trial,
    pytest.mark.req("BLI-09"),
    pytest.mark.skipif(not os.environ.get("PERMUTATIONS"), reason="told by `make blind`"),
]
EVERY = 5  # of a person's addresses one in so many is timed; each person begins at another
ORDERS = ("ABBA", "BAAB")
ALIKE = (0.98, 1.02)


def compared(first: list[float], second: list[float]) -> tuple[float, float, float, float]:
    """p, and the ratio of the times with its 95 % interval, from pairs of times of the same address."""
    differences = np.log(np.asarray(first)) - np.log(np.asarray(second))
    number = len(differences)
    walsh = np.sort(((differences[:, None] + differences[None, :]) / 2)[np.triu_indices(number)])
    mean, spread = number * (number + 1) / 4, (number * (number + 1) * (2 * number + 1) / 24) ** 0.5
    outside = max(int(mean - 1.959964 * spread), 0)
    low, high = walsh[outside], walsh[len(walsh) - 1 - outside]
    return float(wilcoxon(differences).pvalue), *map(float, np.exp([np.median(walsh), low, high]))


def test_answers_take_as_long_whoever_takes_what(world, other_world):
    here = connection.settings_dict["NAME"]
    took: dict[str, list[float]] = {"A": [], "B": []}
    with databases.the_cluster().connect(roles.OWNER, other_world) as owner:
        swap(owner)

    def ask(client: Client, url: str) -> float:
        connection.ensure_connection()
        begun = time.perf_counter()
        answer = client.get(url)
        _ = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return time.perf_counter() - begun

    urls = addresses(world)
    for place, person in enumerate(BLINDED):
        mine, clients, times = urls[place % EVERY :: EVERY], {}, {}
        for which, name in (("A", here), ("B", other_world)):
            with databases.connected(name, roles.WEB):
                clients[which] = Client()
                clients[which].force_login(trial.person(person))
                for url in mine:
                    ask(clients[which], url)  # once untimed: what is made once is made now
        for which in ORDERS[place % 2]:
            with databases.connected(here if which == "A" else other_world, roles.WEB):
                for url in mine:
                    times.setdefault((which, url), []).append(ask(clients[which], url))
        for which, found in took.items():
            found += [float(np.exp(np.mean(np.log(times[which, url])))) for url in mine]
    p, ratio, low, high = compared(took["A"], took["B"])
    print(
        f"\n{served.STUDY_ID}, times of {len(took['A'])} addresses, each twice in each world in balanced order: "
        f"ratio {ratio:.4f} (95 % interval {low:.4f} to {high:.4f}), p {p:.2f} (Wilcoxon)."
    )
    assert low <= ALIKE[1] and high >= ALIKE[0], "no time may tell of an arm"
