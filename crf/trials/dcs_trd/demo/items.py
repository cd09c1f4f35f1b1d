"""Spreads a made-up total over the items of its scale, as the declaration has them. For the demo trial only."""

from collections.abc import Mapping

import numpy as np

from crf import spec, trial

HAMD, BDI, HAMA = (trial.form(code) for code in ("HAMD", "BDI", "HAMA"))

#: How readily an item takes a point; 1 where nothing is said. What nobody shall wonder at stays low.
_READINESS = {
    "mood": 1.5,
    "work": 1.4,
    "anxiety_psychic": 1.3,
    "guilt": 1.1,
    "insight": 0.35,
    "hypochondriasis": 0.6,
    "depersonalisation": 0.25,
    "paranoid": 0.3,
    "obsessional": 0.5,
    "weight_measured": 0.3,
    "diurnal_severity": 0.7,
}
#: Highest code the demo gives, where the scale goes further than the demo's stories need.
_AT_MOST = {
    "guilt": 3,
    "retardation": 2,
    "agitation": 2,
    "anxiety_somatic": 3,
    "hypochondriasis": 3,
    "insight": 1,
    "depersonalisation": 2,
    "paranoid": 1,
    "weight_measured": 1,
}


def hamd_items(total: int, *, visit: str, suicide: int, profile: int, beyond: int) -> dict[str, int]:
    """The 25 answers of a HAMD whose HAMD-21 is `total`, item 3 being `suicide`; `beyond` is the sum of items 22-24.

    profile: a seed that makes the same person's ratings look alike. Raises ValueError where the total cannot be.
    """
    parts = [_one_of(part, visit) for part in HAMD.scores["total_21"].of]
    answers = spread(total, parts, fixed={"suicide": suicide}, profile=profile)
    answers["diurnal"] = 0 if answers["diurnal_severity"] == 0 else 1 + profile % 2
    if answers["diurnal"] == 0:
        del answers["diurnal_severity"]
    added = [item for item in HAMD.scores["total_24"].of if item not in HAMD.scores["total_21"].of]
    answers |= spread(min(beyond, 9), added, fixed={}, profile=profile, at_most=3)
    return answers


def bdi_items(total: int, *, item_9: int, profile: int) -> dict[str, int]:
    """The 21 scores whose sum is `total`, item 9 being `item_9`."""
    return spread(total, list(BDI.scores["total"].of), fixed={"item_9": item_9}, profile=profile)


def hama_items(total: int, *, profile: int) -> dict[str, int]:
    """The 14 answers of a HAM-A whose total is `total`."""
    return spread(total, list(HAMA.scores["total"].of), fixed={}, profile=profile, at_most=3)


def spread(
    total: int, items: list[spec.Item], *, fixed: Mapping[str, int], profile: int, at_most: int | None = None
) -> dict[str, int]:
    """Scores of the items that sum to `total`; those of `fixed` are given, as far as the total allows.

    Points are given one by one to the item that lags most behind its share, so that a smaller total of the same
    profile is the larger one with points taken away.
    """
    rng = np.random.Generator(np.random.Philox(profile))
    highest = np.array([_highest(item, at_most) for item in items])
    readiness = np.array([_READINESS.get(item.name, 1.0) for item in items]) * rng.uniform(0.55, 1.45, len(items))
    scores = np.array([min(fixed.get(item.name, 0), total) for item in items])
    free = np.array([item.name not in fixed for item in items])
    if not 0 <= total - scores.sum() <= (highest - scores)[free].sum():
        raise ValueError(f"A total of {total} cannot be spread over {len(items)} items.")
    for _ in range(total - int(scores.sum())):
        room = free & (scores < highest)
        lag = np.where(room, readiness * highest / (scores + 0.6), -1.0)
        scores[int(np.argmax(lag))] += 1
    return {item.name: int(score) for item, score in zip(items, scores, strict=True)}


def _highest(item: spec.Item, at_most: int | None) -> int:
    codes = [code for code, _ in item.kind.codes if code not in item.kind.not_assessed]
    return min(max(codes), _AT_MOST.get(item.name, 9), at_most if at_most is not None else 9)


def _one_of(part: spec.Item | spec.Either, visit: str) -> spec.Item:
    """Of 16A and 16B the one that is asked at the visit."""
    if isinstance(part, spec.Either):
        return part.first if part.first.applies({}, visit) else part.second
    return part
