"""Papers about kits as PDF, by typst: the packing list and the labels for who makes them, and sealed envelopes.

A packing list and an envelope tell arms. A label tells a number: neither its order nor its text depends on an arm.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import typst

from crf import trial
from crf.papers.printable import FONTS, printable
from crf.rules.bottles import bottle_label
from crf.rules.dispensing import counted
from crf.rules.kit_numbers import labelled

TEMPLATE = Path(__file__).with_name("supply.typ")
UNBLINDED = "UNBLINDED"


def packing_list(kits: Mapping[str, str]) -> bytes:
    """Which kit holds which arm, by kit number: places are not told."""
    plan, arms = trial.KITS, {arm.code: arm.label for arm in trial.ARMS}
    each = f"{counted(plan.units, plan.unit)} a {plan.bottle}"
    return _pdf(
        kind="packing",
        title="Packing list",
        marks=[UNBLINDED],
        bottles=f"{plan.bottle.capitalize()}s",
        notes=[
            "It tells what each subject will take. Keep it from everybody who enters, judges or analyses the trial.",
            "Fill every kit alike but for what it holds: the same look, weight, number and date of expiry.",
        ],
        rows=[[labelled(kit), str(plan.bottles), each, arms[arm]] for kit, arm in sorted(kits.items())],
    )


def labels(kits: Sequence[str]) -> bytes:
    """A label for each bottle of each kit, by number."""
    plan = trial.KITS
    return _pdf(
        kind="labels",
        title="Labels",
        notes=[
            f"{counted(plan.units, plan.unit).capitalize()}. For clinical trial use only.",
            "Keep out of the reach of children. Bring it back to the site.",
        ],
        rows=[
            [bottle_label(kit, number), f"{plan.bottle.capitalize()} {number} of {plan.bottles}"]
            for kit in sorted(kits)
            for number in range(1, plan.bottles + 1)
        ],
    )


def envelopes(kits: Mapping[str, str]) -> bytes:
    """Two pages a kit, by number: the inside with the arm between two hiding parts, and the outside."""
    arms = {arm.code: arm.label for arm in trial.ARMS}
    return _pdf(
        kind="envelopes",
        title="Sealed envelopes",
        marks=[UNBLINDED],
        notes=[
            "Open it only when the treatment of the subject depends on it and the system cannot be reached.",
            "Write below who opened it, when and why, and record it in the system as soon as it is back.",
            "At the close of the site every envelope is intact, or on record as opened.",
        ],
        rows=[[labelled(kit), arms[arm]] for kit, arm in sorted(kits.items())],
    )


def _pdf(**data) -> bytes:
    told = {"study": trial.STUDY_ID, "protocol": trial.PROTOCOL_VERSION, "marks": [], "bottles": ""} | data
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"paper": json.dumps(printable(told))},
        timestamp=0,
    )


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
