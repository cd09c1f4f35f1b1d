"""What a blinded statistician may take out lets nobody guess the arms better than chance, where no arm has an effect.

The demo trial as it runs is kept in several worlds: in each the arms were drawn anew within their blocks, after all
data were there, so no arm has any effect in them. In each the statistician takes out the data, and a guesser who is
told the arms of all other sites guesses those of the first from everything in the archive. How many guesses are right
by chance alone is known exactly: within a block every order of the arms is as likely, whatever was told.
"""

import io
import zipfile
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from django.test import override_settings
from scipy.stats import hypergeom

from crf import trial as served
from crf.actions import output_kinds
from crf.actions import outputs as store
from crf.allocation import declared, schedule
from crf.allocation.management.commands.demo_list import SEED
from crf.models import Site, Subject, User
from tests import databases
from tests.blind.two_worlds import permuted, replace_list
from tests.journeys.test_demo_trial import templates
from trialsite.database import roles
from trialsite.database.wall import seeing

WORLDS = 6
FIRST = served.ARMS[0].code


def features(archive: bytes) -> pd.DataFrame:
    """By subject everything that can be made a number: of each column mean, last, spread, how often filled, and where
    its rows stand in the file."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in sorted(name for name in opened.namelist() if name.endswith(".csv")):
            table = pd.read_csv(opened.open(name), dtype=str, keep_default_na=False)
            subject = next((column for column in table.columns if column.lower() in ("subject", "usubjid")), None)
            if subject is None:
                continue
            table["=place"] = np.arange(len(table)).astype(str)
            numbers = table.drop(columns=subject).apply(as_numbers)
            grouped = numbers.groupby(table[subject])
            for what, made in (("mean", grouped.mean()), ("last", grouped.last()), ("filled", grouped.count())):
                found |= {(name, column, what): made[column] for column in made.columns}
    made = pd.DataFrame(found)
    made = made.fillna(made.mean()).dropna(axis=1)
    return made.loc[:, made.std() > 0]


def as_numbers(column: pd.Series) -> pd.Series:
    """A number as it is; any other text as its length and its first sign, which is what an order could leave in it."""
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    if numbers.notna().sum() >= (column != "").sum() / 2:
        return numbers
    return pd.Series([len(text) * 256.0 + ord(text[0]) if text else np.nan for text in column], index=column.index)


def right(made: pd.DataFrame, places: dict[str, tuple[str, int]], arms: dict[str, str]) -> tuple[int, dict]:
    """How many arms of the first site a ridge regression over the others guesses rightly; and how often, by block, each
    was guessed as which.

    As many are guessed to be in the first arm as there are: the guesser knows that blocks are balanced.
    """
    made = (made - made.mean()) / made.std()
    site = pd.Series({subject: where[0] for subject, where in places.items()})
    is_first = pd.Series(arms).eq(FIRST)
    asked, told = site.index[site == site.min()], site.index[site != site.min()]
    known, seen = made.loc[told].to_numpy(), made.loc[asked].to_numpy()
    target = is_first[told].to_numpy() - is_first[told].mean()
    score = seen @ known.T @ np.linalg.solve(known @ known.T + known.shape[1] * np.eye(len(told)), target)
    guessed = pd.Series(False, index=asked)
    guessed[asked[np.argsort(-score, kind="stable")[: is_first[asked].sum()]]] = True
    blocks: dict[tuple[str, int], Counter] = defaultdict(Counter)
    for subject in asked:
        blocks[places[subject]][bool(is_first[subject]), bool(guessed[subject])] += 1
    return int((guessed == is_first[asked]).sum()), blocks


def chance_of(blocks) -> np.ndarray:
    """The distribution of the number of right guesses where every order within a block is as likely."""
    whole = np.ones(1)
    for counted in blocks.values():
        first = counted[True, True] + counted[True, False]
        guessed, many = counted[True, True] + counted[False, True], sum(counted.values())
        one = np.zeros(many + 1)
        for both in range(max(0, first + guessed - many), min(first, guessed) + 1):
            one[many - first - guessed + 2 * both] += hypergeom.pmf(both, many, first, guessed)
        whole = np.convolve(whole, one)
    return whole


@pytest.fixture
def worlds(admin, database_names, django_test_environment, django_db_blocker):
    """Of each world: what was taken out, where each subject stands in the list, and its arm."""
    found = []
    with django_db_blocker.unblock():
        running, _, in_demo_mode = templates(admin)
        name = next(database_names)
        databases.clone(admin, running, name)
        owners = databases.the_cluster().connect(roles.OWNER, name)
        with owners as owner, databases.connected(name, roles.WEB), override_settings(**in_demo_mode):
            was = schedule.draw(SEED, **declared.shape())
            for seed in range(1, WORLDS + 1):
                list_of_world = permuted(was, seed)
                replace_list(owner, list_of_world, seed=SEED)
                place_of = {place.kit: place for place in list_of_world}
                with seeing(Site.objects.all(), levels=False):
                    kits = dict(Subject.objects.exclude(kit=None).values_list("number", "kit"))
                    statistician = User.objects.get(username="statistician")
                    output = output_kinds.ask("data", by=statistician, purpose=f"World {seed}", formats=["csv"])
                    assert output.is_ready, output.trouble
                    archive = b"".join(store.content(output, output.files[0]["name"]))
                places = {number: (place_of[kit].stratum, place_of[kit].block) for number, kit in kits.items()}
                found.append((archive, places, {number: place_of[kit].arm for number, kit in kits.items()}))
        yield found
        databases.drop(admin, name)


@pytest.mark.req("BLI-09")
def test_arms_are_guessed_from_the_downloads_no_better_than_by_chance(worlds):
    correct, by_chance, of_a_leak = 0, np.ones(1), 0
    for number, (archive, places, arms) in enumerate(worlds):
        made = features(archive)
        made = made.loc[[subject for subject in places if subject in made.index]]
        assert made.shape[0] == len(places) > 20 and made.shape[1] > 100
        rightly, blocks = right(made, places, arms)
        correct, by_chance = correct + rightly, np.convolve(by_chance, chance_of(blocks))
        noise = np.random.default_rng(number).normal(0, 0.3, len(made))
        leaning = pd.Series([arms[subject] == FIRST for subject in made.index], index=made.index) + noise
        leaking = pd.DataFrame({("leak", str(copy), ""): leaning for copy in range(made.shape[1] // 4)})
        of_a_leak += right(pd.concat([made, leaking], axis=1), places, arms)[0]
    p = by_chance[correct:].sum()
    asked = len(by_chance) - 1
    print(
        f"\n{correct} of {asked} arms guessed rightly in {WORLDS} worlds without effect, p {p:.3f} (exact, one-sided)"
    )
    assert p > 0.001, "what is taken out tells arms"
    assert by_chance[of_a_leak:].sum() < 0.001, "a guesser who finds no leak proves nothing"
