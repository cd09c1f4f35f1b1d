"""The allocation list: permuted blocks from a seed, and what a list brought along is asked."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf import trial
from crf.allocation import schedule
from crf.allocation.schedule import BadList, Place, Stream, draw, mistakes_in, summary

SEED = "kept by the randomisation statistician"
SHAPE = {"strata": ["JER", "AFU"], "arms": ["DCS", "PLACEBO"], "block_sizes": [4], "length": 40}
CHECK = {"strata": ["JER", "AFU"], "arms": ["DCS", "PLACEBO"], "block_sizes": [4], "least": 14}


def blocks(places, size=4):
    return [places[at : at + size] for at in range(0, len(places), size)]


@pytest.mark.req("RND-06")
@given(seed=st.text(min_size=1), size=st.sampled_from([2, 4, 6, 8]), count=st.integers(1, 9))
def test_every_list_passes_its_own_check(seed, size, count):
    shape = {**SHAPE, "block_sizes": [size], "length": size * count}
    places = draw(seed, **shape)
    found = mistakes_in(places, strata=SHAPE["strata"], arms=SHAPE["arms"], block_sizes=[size], least=size * count)
    assert [mistake for mistake in found if "follow the places" not in mistake] == []  # few rise by chance


@pytest.mark.req("RND-06")
def test_the_same_seed_gives_the_same_list_and_another_seed_another():
    assert draw(SEED, **SHAPE) == draw(SEED, **SHAPE)
    assert draw(SEED, **SHAPE) != draw(SEED + ".", **SHAPE)


@pytest.mark.req("RND-06")
def test_the_stream_is_philox_and_never_changes():
    """The words are computed beside from the definition of Philox4x64-10 (Salmon et al. 2011), in plain integers; and a
    drawn list is written down here, so that no change of the way from words to places goes unseen."""
    m0, m1, w0, w1, mask = 0xD2E7470EE14C6C93, 0xCA5A826395121157, 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B, 2**64 - 1
    stream = Stream(SEED, "stratum:JER")
    key = [int(word) for word in stream.words.state["state"]["key"]]
    counter = [1, 0, 0, 0]
    for step in range(10):
        if step:
            key = [(key[0] + w0) & mask, (key[1] + w1) & mask]
        left, right = m0 * counter[0], m1 * counter[2]
        counter = [(right >> 64) ^ counter[1] ^ key[0], right & mask, (left >> 64) ^ counter[3] ^ key[1], left & mask]
    assert [int(word) for word in stream.words.random_raw(4)] == counter
    places = draw("example", strata=["JER"], arms=["A", "B"], block_sizes=[4], length=12)
    assert "".join(place.arm for place in places) == "BBAAABABBABA"
    assert [place.kit for place in places][:4] == ["81862", "14777", "57236", "94531"]


@pytest.mark.req("RND-06")
def test_a_longer_list_begins_with_the_shorter_ones_arms():
    short, long = draw(SEED, **SHAPE), draw(SEED, **{**SHAPE, "length": 80})
    for stratum in SHAPE["strata"]:
        arms = [[place.arm for place in places if place.stratum == stratum] for places in (short, long)]
        assert arms[1][:40] == arms[0]


@pytest.mark.req("RND-06")
def test_a_site_that_is_added_changes_no_other_site():
    one, two = (draw(SEED, **{**SHAPE, "strata": strata}) for strata in (["JER"], ["JER", "AFU"]))
    assert [place.arm for place in one] == [place.arm for place in two if place.stratum == "JER"]


@pytest.mark.req("RND-09")
def test_swapped_arms_give_the_same_kits_at_the_same_places():
    here, there = draw(SEED, **SHAPE), draw(SEED, **{**SHAPE, "arms": ["PLACEBO", "DCS"]})
    assert [replace(place, arm="") for place in here] == [replace(place, arm="") for place in there]
    assert all(a.arm != b.arm for a, b in zip(here, there, strict=True))


def test_all_orders_of_a_block_come_equally_often():
    """Chi-square over the six orders of two and two in 22,000 blocks: 0.001 at 5 df is 20.5."""
    places = draw(SEED, strata=["JER"], arms=["A", "B"], block_sizes=[4], length=88_000)
    seen = Counter("".join(place.arm for place in block) for block in blocks(places))
    assert set(seen) == {"".join(order) for order in permutations("AABB")}
    expected = len(places) / 4 / 6
    assert sum((count - expected) ** 2 / expected for count in seen.values()) < 20.5


def test_whole_numbers_are_drawn_without_bias():
    """With 3 of 4 possible remainders thrown away the words must be drawn again: no value beyond the limit appears."""
    stream = Stream(SEED, "a purpose")
    drawn = Counter(stream.below(3) for _ in range(9_000))
    assert set(drawn) == {0, 1, 2}
    assert sum((count - 3_000) ** 2 / 3_000 for count in drawn.values()) < 13.8  # chi-square, 2 df, 0.001


@pytest.mark.req("RND-09")
def test_kits_are_five_digits_once_and_tell_neither_place_nor_arm():
    places = draw(SEED, **{**SHAPE, "length": 4_000})
    kits = [int(place.kit) for place in places]
    assert len(set(kits)) == len(kits) and all(10_000 <= kit <= 99_999 for kit in kits)
    middle = sum(kits) / len(kits)
    spread = sum((kit - middle) ** 2 for kit in kits)
    for told in ([at for at, _ in enumerate(places)], [place.arm == "DCS" for place in places]):
        mean = sum(told) / len(told)
        covariance = sum((kit - middle) * (value - mean) for kit, value in zip(kits, told, strict=True))
        correlation = covariance / (spread * sum((value - mean) ** 2 for value in told)) ** 0.5
        assert abs(correlation) < 0.037  # 3.3 standard errors of 8,000 pairs


@pytest.mark.req("RND-12")
def test_packed_kits_go_to_places_of_their_arm():
    kits = packed(range(20_000, 20_100))
    places = draw(SEED, **SHAPE, kits=kits)
    assert all(kits[place.kit] == place.arm for place in places)
    assert len({place.kit for place in places}) == len(places)
    assert mistakes_in(places, **CHECK) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seed": ""}, "seed is empty"),
        ({"block_sizes": [3]}, "multiple of the 2 arms"),
        ({"block_sizes": [0]}, "multiple of the 2 arms"),
        ({"length": 42}, "whole number of blocks"),
        ({"length": 0}, "whole number of blocks"),
        ({"arms": ["DCS"]}, "two different arms"),
        ({"arms": ["DCS", "DCS"]}, "two different arms"),
        ({"strata": []}, "at least one stratum"),
        ({"strata": ["JER", "JER"]}, "each named once"),
        ({"length": 48_000}, "make the list shorter"),
        ({"kits": {"10001": "DCS"}}, "The list needs 40 kits of arm PLACEBO; 0 are packed."),
        ({"kits": {str(n): ("DCS", "PLACEBO", "OTHER")[n % 3] for n in range(10_000, 10_300)}}, "arms that the trial"),
    ],
)
def test_it_refuses_what_cannot_be_a_list(change, sentence):
    arguments = {"seed": SEED, **SHAPE, **change}
    with pytest.raises(BadList, match=sentence):
        draw(arguments.pop("seed"), **arguments)


def packed(numbers, arms=("DCS", "PLACEBO")) -> dict[str, str]:
    """Kits of which no number tells the arm."""
    order = Stream("how kits were packed", "numbers").sample(numbers, len(numbers))
    return {str(number): arms[at % len(arms)] for at, number in enumerate(order)}


def changed(places, at, **values):
    return [*places[:at], replace(places[at], **values), *places[at + 1 :]]


@pytest.mark.req("RND-10")
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda p: changed(p, 5, arm="OTHER"), "Unknown arms: OTHER."),
        (lambda p: changed(p, 5, stratum="HAI"), "Unknown strata: HAI."),
        (lambda p: changed(p, 5, kit=p[6].kit), f"more than once: {draw(SEED, **SHAPE)[6].kit}"),
        (lambda p: changed(p, 5, arm="PLACEBO" if p[5].arm == "DCS" else "DCS"), "JER: the block from place 5 on is"),
        (lambda p: [p[1], p[0], *p[2:]], "JER: the places are not 1, 2, 3"),
        (lambda p: p[1:], "JER: the places are not 1, 2, 3"),
        (lambda p: changed(p, 5, block=9), "JER: the blocks do not follow"),
        (lambda p: p[:52], "AFU: 12 places, but at least 14 are needed."),
        (lambda p: p[:78], "AFU: the block from place 37 on is not"),
        (lambda p: [replace(row, kit=str(10_000 + at)) for at, row in enumerate(p)], "kit numbers follow the places"),
        (lambda p: [], "JER: 0 places"),
    ],
)
def test_a_spoilt_list_is_told_what_is_wrong_with_it(spoil, sentence):
    places = list(draw(SEED, **SHAPE))
    assert mistakes_in(places, **CHECK) == []
    assert any(sentence in mistake for mistake in mistakes_in(spoil(places), **CHECK))


@pytest.mark.req("RND-10")
def test_a_list_with_another_block_size_is_noticed():
    places = draw(SEED, **{**SHAPE, "block_sizes": [8]})
    assert any("blocks do not follow" in mistake for mistake in mistakes_in(places, **CHECK))


def test_the_summary_counts_places_blocks_and_arms():
    assert summary(draw(SEED, **SHAPE)) == [
        "JER: 40 places in 10 blocks; DCS 20, PLACEBO 20",
        "AFU: 40 places in 10 blocks; DCS 20, PLACEBO 20",
    ]


@pytest.mark.req("RND-09")
def test_the_usual_length_does_not_tell_the_block_size():
    assert [size for size in (2, 4, 6, 8, 10, 12) if trial.ALLOCATION.places % size] == []


def test_a_place_is_a_value():
    assert Place("JER", 1, 1, "48213", "DCS") == Place("JER", 1, 1, "48213", "DCS")
    assert schedule.GENERATOR.startswith("allocation/1:")


# -- other designs


@pytest.mark.finding("F-106")
@given(
    seed=st.text(min_size=1),
    shares=st.lists(st.integers(1, 3), min_size=2, max_size=4),
    multiples=st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True),
    count=st.integers(3, 9),
)
def test_any_shares_and_block_sizes_make_a_list_that_passes_its_own_check(seed, shares, multiples, count):
    arms = {f"ARM{number}": share for number, share in enumerate(shares)}
    sizes = [sum(shares) * multiple for multiple in multiples]
    plan = {"strata": ["ONE/LOW", "ONE/HIGH"], "arms": arms, "block_sizes": sizes}
    places = draw(seed, **plan, length=max(sizes) * count)
    found = mistakes_in(places, **plan, least=max(sizes) * count)
    assert [mistake for mistake in found if "follow the places" not in mistake] == []
    for stratum in plan["strata"]:
        held = Counter(place.arm for place in places if place.stratum == stratum)
        assert len({held[arm] / share for arm, share in arms.items()}) == 1


@pytest.mark.finding("F-106")
def test_blocks_of_drawn_sizes_come_in_every_size_about_equally_often():
    places = draw(SEED, strata=["ONE"], arms={"A": 2, "B": 1, "C": 1}, block_sizes=[4, 8], length=12_000)
    sizes = Counter(Counter(place.block for place in places).values())
    blocks = sum(sizes.values())
    assert set(sizes) == {4, 8}
    assert abs(sizes[4] - blocks / 2) < 3.3 * (blocks / 4) ** 0.5


@pytest.mark.finding("F-106")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"arms": {"A": 2, "B": 1, "C": 1}, "block_sizes": [6]}, "multiple of the shares, 2:1:1: of 4"),
        ({"arms": {"A": 2, "B": 0}, "block_sizes": [2]}, "share of 1 or more"),
        ({"block_sizes": []}, "multiple of the 2 arms"),
        ({"block_sizes": [4, 6], "length": 2}, "whole number of blocks"),
    ],
)
def test_shares_and_sizes_that_do_not_fit_are_refused(change, sentence):
    with pytest.raises(BadList, match=sentence):
        draw(SEED, **{**SHAPE, **change})


@pytest.mark.finding("F-106")
def test_a_block_in_another_ratio_than_the_shares_is_told():
    plan = {"strata": ["ONE"], "arms": {"A": 2, "B": 1, "C": 1}, "block_sizes": [4]}
    places = list(draw(SEED, **plan, length=40))
    at = next(number for number, place in enumerate(places) if place.arm == "A")
    found = mistakes_in(changed(places, at, arm="B"), **plan, least=40)
    assert any("is not in the planned ratio" in mistake for mistake in found)


# -- kits that tell


def with_kits(make, **shape):
    """A drawn list whose kits are numbered otherwise: make(place among all, the place)."""
    places = draw(SEED, **{**SHAPE, "length": 80, **shape})
    return [replace(place, kit=make(at, place)) for at, place in enumerate(places)]


def scattered(at):
    return f"{(at * 7919 + 104_729) * 65_537 % 99_991:05d}"


TELLING = {
    "a letter of the arm": (lambda at, p: f"{p.arm[0]}{scattered(at)}", "tell the arm"),
    "an ending of the arm": (lambda at, p: f"{scattered(at)}-{'A' if p.arm == 'DCS' else 'B'}", "tell the arm"),
    "odd and even": (lambda at, p: f"{2 * int(scattered(at)) + (p.arm == 'DCS')}", "tell the arm"),
    "low and high": (lambda at, p: f"{int(scattered(at)) + 100_000 * (p.arm == 'DCS')}", "tell the arm"),
    "longer numbers": (lambda at, p: scattered(at) + ("7" if p.arm == "DCS" else ""), "tell the arm"),
    "multiples of three": (lambda at, p: f"{3 * int(scattered(at)) + (p.arm == 'DCS')}", "tell the arm"),
    "nothing": (lambda at, p: p.kit, ""),
    "numbered as they stand": (lambda at, p: f"{10_000 + at}", "follow the places"),
    "numbered at the end": (lambda at, p: f"{scattered(at)}-{at:03d}", "follow the places"),
    "numbered backwards": (lambda at, p: f"{90_000 - at}", "follow the places"),
    "numbered, with a few out of order": (lambda at, p: f"{10_000 + (at ^ 3)}", "follow the places"),
    "the place in the block": (lambda at, p: f"{scattered(at)}{(p.sequence - 1) % 4}", "place within a block"),
}


@pytest.mark.finding("F-604")
@pytest.mark.parametrize("telling", TELLING)
def test_a_list_whose_kit_numbers_tell_arm_or_order_is_refused(telling):
    make, sentence = TELLING[telling]
    found = mistakes_in(with_kits(make), **CHECK)
    assert found == [] if not sentence else any(sentence in mistake for mistake in found)
    assert not any(arm in mistake for mistake in found for arm in SHAPE["arms"])


@pytest.mark.finding("F-604")
def test_one_telling_prefix_is_enough_in_the_shortest_list():
    places = with_kits(lambda at, p: f"{p.arm[0]}{scattered(at)}", strata=["JER"], length=4)
    check = {**CHECK, "strata": ["JER"], "least": 4}
    assert any("tell the arm" in mistake for mistake in mistakes_in(places, **check))


@pytest.mark.finding("F-604")
def test_lists_with_drawn_numbers_pass():
    refused = [n for n in range(200) if mistakes_in(draw(f"list {n}", **SHAPE), **CHECK)]
    assert refused == []
