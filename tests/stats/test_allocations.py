"""The reference set of a list of permuted blocks (METHODS 7.1, 7.2)."""

from itertools import product
from math import comb

import numpy as np
import pandas as pd
import pytest

from analysis.stats.allocations import reference_set
from analysis.stats.results import NotEstimable

HOW = {"active": "A", "reference": "B", "limit": 5_000_000, "draws": 2000, "seed": 1}


def listed(*blocks, unused=0):
    """A list of one stratum from blocks such as "ABBA"; the last `unused` rows were given to nobody."""
    rows = [{"stratum": "JER", "block": number, "arm": arm} for number, block in enumerate(blocks) for arm in block]
    table = pd.DataFrame(rows)
    table["subject"] = [f"JER-{k:03d}" if k < len(table) - unused else None for k in range(len(table))]
    return table


def as_words(allocations):
    return ["".join("A" if active else "B" for active in row) for row in allocations]


def test_the_cut_block_weighs_AB_BA_AA_BB_as_2_2_1_1():
    whole = reference_set(listed("ABBA", unused=2), scheme="unconditional", **HOW)
    weight = dict(zip(as_words(whole.rows(0, whole.count)), whole.weights(0, whole.count), strict=True))
    assert weight == pytest.approx({"AB": 2 / 6, "BA": 2 / 6, "AA": 1 / 6, "BB": 1 / 6}, abs=1e-15)


@pytest.mark.parametrize(("size", "active", "used"), [(4, 2, 1), (4, 2, 3), (6, 3, 2), (6, 3, 5), (6, 2, 4), (8, 4, 3)])
def test_a_cut_block_of_any_size_weighs_its_beginnings_as_whole_blocks_begin(size, active, used):
    block = "A" * active + "B" * (size - active)
    rows = listed("AB", block, unused=size - used)
    whole = reference_set(rows, scheme="unconditional", **HOW)
    weight = {}
    for row, probability in zip(as_words(whole.rows(0, whole.count)), whole.weights(0, whole.count), strict=True):
        weight[row[2:]] = weight.get(row[2:], 0) + probability
    every = ["".join(word) for word in product("AB", repeat=size) if word.count("A") == active]
    counted = {}
    for word in every:  # the definition: write down all whole blocks and cut them
        counted[word[:used]] = counted.get(word[:used], 0) + 1 / len(every)
    assert weight == pytest.approx(counted, abs=1e-15)


def test_the_conditional_set_keeps_the_number_per_arm_within_each_block():
    whole = reference_set(listed("ABBA", "BABA", "AABB", unused=2), scheme="conditional", **HOW)
    rows = whole.rows(0, whole.count)
    assert whole.count == comb(4, 2) * comb(4, 2) * 1  # the cut block gave AA: nothing to permute
    assert {tuple(row.reshape(-1, 2).sum(1)) for row in rows[:, 8:]} == {(2.0,)}
    assert len(set(as_words(rows))) == whole.count
    assert np.allclose(whole.weights(0, whole.count).sum(), 1)


def test_the_trial_has_93312_conditional_and_186624_unconditional_allocations():
    trial = pd.concat(
        [
            listed("ABBA", "BABA", "AABB", "ABAB", unused=2),
            listed("BBAA", "ABAB", "BAAB").assign(stratum="AFU", subject=[f"AFU-{k:03d}" for k in range(12)]),
        ]
    )
    assert reference_set(trial, scheme="conditional", **HOW).count == 6**6 * 2
    unconditional = reference_set(trial, scheme="unconditional", **HOW)
    assert unconditional.count == 6**6 * 4
    assert unconditional.exact and len(unconditional.subjects) == 26


def test_the_two_halves_multiply_to_the_whole():
    whole = reference_set(listed("ABBA", "BABA", "AB", "AABB", unused=1), scheme="unconditional", **HOW)
    first, second = whole.halves()
    for number in (0, 1, whole.count // 2, whole.count - 1):
        i, j = divmod(number, second.count)
        beside = np.concatenate([first.rows(i, i + 1), second.rows(j, j + 1)], axis=1)
        assert np.array_equal(beside, whole.rows(number, number + 1))
        assert first.weights(i, i + 1) * second.weights(j, j + 1) == pytest.approx(whole.weights(number, number + 1))


def test_beyond_the_limit_it_draws_and_the_draws_follow_the_weights():
    rows = listed("ABBA", "ABAB", unused=2)
    whole = reference_set(rows, scheme="unconditional", **HOW)
    sample = reference_set(rows, scheme="unconditional", **HOW | {"limit": 23, "draws": 60_000})
    assert whole.count == sample.possible == 24 and not sample.exact
    drawn = pd.Series(as_words(sample.rows(0, sample.count))).value_counts(normalize=True)
    for word, weight in zip(as_words(whole.rows(0, 24)), whole.weights(0, 24), strict=True):
        assert drawn[word] == pytest.approx(weight, abs=5 * (weight / 60_000) ** 0.5)


def test_the_same_seed_draws_the_same_allocations():
    def drawn(seed):
        return reference_set(listed("ABBA" * 5), scheme="conditional", **HOW | {"limit": 10, "seed": seed}).drawn

    assert np.array_equal(drawn(3), drawn(3))
    assert not np.array_equal(drawn(3), drawn(4))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"arm": ["A", "B", "B", None]}, "not opened"),
        ({"arm": ["A", "B", "B", "C"]}, "the arm C"),
        ({"arm": ["A", "A", "A", "A"]}, "nothing to compare"),
        ({"subject": ["1", "2", "3", "3"]}, "Subject 3 is on the list twice"),
    ],
)
def test_it_says_what_the_list_lacks(change, sentence):
    with pytest.raises(NotEstimable, match=sentence):
        reference_set(listed("ABBA").assign(**change), scheme="conditional", **HOW)


def test_blocks_with_one_arrangement_only_do_not_disturb_the_halves():
    whole = reference_set(listed("AB", "ABBA", "AABB", unused=2), scheme="conditional", **HOW)
    assert [half.count for half in whole.halves()] == [2, 6]  # the last block gave AA: one arrangement
    assert np.allclose(whole.weights(0, whole.count), 1 / 12)
    unconditional = reference_set(listed("AB", "ABBA", "AABB", unused=2), scheme="unconditional", **HOW)
    every = unconditional.weights(0, unconditional.count)
    one_by_one = [unconditional.weights(k, k + 1)[0] for k in range(unconditional.count)]
    assert np.allclose(every, one_by_one, atol=1e-16) and every.sum() == pytest.approx(1)
