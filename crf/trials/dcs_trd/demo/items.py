"""Spreads made-up totals of this trial's scales over their items. For the demo trial only."""

from collections.abc import Sequence

from crf.spec.demo import asked_one, spread
from crf.spec.items import Item, Score
from crf.trials.dcs_trd.forms.bdi import BDI
from crf.trials.dcs_trd.forms.hama import HAMA
from crf.trials.dcs_trd.forms.hamd import HAMD

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


def _spread(
    total: int, items: Sequence[Item], *, profile: int, fixed: dict[str, int] | None = None, at_most: int | None = None
) -> dict[str, int]:
    return spread(
        total, items, fixed=fixed or {}, profile=profile, readiness=_READINESS, highest=_AT_MOST, at_most=at_most
    )


def _parts(score: Score, visit: str | None = None) -> list[Item]:
    return [asked_one(part, visit) for part in score.of]


def hamd_items(total: int, *, visit: str | None, suicide: int, profile: int, beyond: int) -> dict[str, int]:
    """The 25 answers of a HAMD whose HAMD-21 is `total`, item 3 being `suicide`; `beyond` is the sum of items 22-24.

    profile: a seed that makes the same person's ratings look alike. Raises ValueError where the total cannot be.
    """
    parts = _parts(HAMD.scores["total_21"], visit)
    answers = _spread(total, parts, fixed={"suicide": suicide}, profile=profile)
    answers["diurnal"] = 0 if answers["diurnal_severity"] == 0 else 1 + profile % 2
    if answers["diurnal"] == 0:
        del answers["diurnal_severity"]
    added = [item for item in _parts(HAMD.scores["total_24"], visit) if item not in parts]
    answers |= _spread(min(beyond, 9), added, profile=profile, at_most=3)
    return answers


def bdi_items(total: int, *, item_9: int, profile: int) -> dict[str, int]:
    """The 21 scores whose sum is `total`, item 9 being `item_9`."""
    return _spread(total, _parts(BDI.scores["total"]), fixed={"item_9": item_9}, profile=profile)


def hama_items(total: int, *, profile: int) -> dict[str, int]:
    """The 14 answers of a HAM-A whose total is `total`."""
    return _spread(total, _parts(HAMA.scores["total"]), profile=profile, at_most=3)
