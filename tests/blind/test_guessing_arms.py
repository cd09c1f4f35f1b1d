"""What a blinded statistician may take out lets nobody guess the arms better than chance, where no arm has an effect.

The demo trial as it runs is kept in several worlds: in each the arms were drawn anew within their blocks, after all
data were there, so no arm has any effect in them. In each the statistician takes out the data, and a guesser tries
everything in the archive by which the arms could be told apart. How well the best of it does by chance alone is known:
within a block every order of the arms is as likely, whatever was told.
"""

import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from django.test import override_settings
from scipy.stats import combine_pvalues

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

WORLDS = 3
#: Orders of the arms that chance is asked for, the true one beside them.
ORDERS = 999
FIRST = served.ARMS[0].code


def features(archive: bytes) -> pd.DataFrame:
    """By subject everything that can be made a number: of each column mean, last, spread, how often filled, and where
    its rows stand in the file."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in sorted(name for name in opened.namelist() if name.endswith(".csv")):
            table = pd.read_csv(opened.open(name), dtype=str, keep_default_na=False)
            subject = next((column for column in table.columns if column.lower() in ("subject", "usubjid")), None)
            if subject is None or table.empty:
                continue
            table["=place"] = np.arange(len(table)).astype(str)
            others = [column for column in table.columns if column != subject]
            numbers = pd.DataFrame({column: as_numbers(table[column]) for column in others}, dtype=float)
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


def p_of_the_best(made: pd.DataFrame, blocks: pd.Series, is_first: pd.Series) -> float:
    """How likely the thing that tells the arms apart best (correlation within blocks) would do as well by chance.

    The arms are put into other orders within their blocks, and the best of all things is looked for each time: that so
    many were tried is in the number.
    """

    def within(of):
        return (of - of.groupby(blocks).transform("mean")).to_numpy()

    columns = within(made)
    columns = columns[:, np.linalg.norm(columns, axis=0) > 1e-9]
    columns = columns / np.linalg.norm(columns, axis=0)
    chance, places = np.random.default_rng(1), list(blocks.groupby(blocks).indices.values())
    orders = np.tile(within(is_first.astype(float)), (ORDERS + 1, 1))
    for order in orders[1:]:
        for block in places:
            order[block] = chance.permutation(order[block])
    best = np.abs(orders @ columns).max(axis=1)
    return float((best >= best[0] - 1e-9).mean())


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
@pytest.mark.long
def test_arms_are_guessed_from_the_downloads_no_better_than_by_chance(worlds):
    by_chance, of_a_leak = [], []
    for number, (archive, places, arms) in enumerate(worlds):
        made = features(archive)
        made = made.loc[[subject for subject in places if subject in made.index]]
        assert made.shape[0] == len(places) > 20 and made.shape[1] > 100
        blocks = pd.Series({subject: str(place) for subject, place in places.items()})[made.index]
        is_first = pd.Series(arms).eq(FIRST)[made.index]
        by_chance.append(p_of_the_best(made, blocks, is_first))
        leaning = is_first + np.random.default_rng(number).normal(0, 0.2, len(made))
        leaking = pd.concat([made, leaning.rename(("leak", "", ""))], axis=1)
        of_a_leak.append(p_of_the_best(leaking, blocks, is_first))
    assert combine_pvalues(by_chance).pvalue > 1e-5, f"what is taken out tells arms: {by_chance}"
    assert combine_pvalues(of_a_leak).pvalue < 1e-5, f"a guesser who misses a leak proves nothing: {of_a_leak}"
