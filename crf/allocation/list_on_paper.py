"""What the commands that draw an allocation list have in common: what they ask, check, write on paper and print."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from crf.allocation import declared, papers, schedule
from crf.allocation.places import Place


def ask(parser: ArgumentParser) -> None:
    """Add the options of a drawn list and of its papers to a command."""
    parser.add_argument("--kits", type=Path, help="packed kits: kit,arm; without it numbers are drawn")
    parser.add_argument(
        *("--block-size", "--block-sizes"),
        dest="block_sizes",
        type=int,
        nargs="+",
        metavar="SIZE",
        help="instead of the trial's own: one size is fixed, several are drawn from",
    )
    parser.add_argument("--places", type=int, help="places in each stratum, instead of the trial's own number")
    parser.add_argument("--packing-list", type=Path, help="write which kit holds which arm (0600, UNBLINDS)")
    parser.add_argument("--envelopes", type=Path, help="write sealed envelopes to print, as PDF (0600, UNBLINDS)")
    parser.add_argument("--summary", action="store_true", help="print counts by arm, to compare (UNBLINDS)")


def mistakes_in(places: Sequence[Place], shape: Mapping[str, Any]) -> list[str]:
    """What is wrong with the list, held against the shape that was asked for, in sentences."""
    planned = {name: shape[name] for name in ("strata", "arms", "block_sizes")}
    return schedule.mistakes_in(places, **planned, least=declared.least_places())


def write(places: Sequence[Place], *, packing_list: Path | None, envelopes: Path | None) -> None:
    """Write the papers that were asked for. Raises PaperTrouble."""
    if packing_list:
        papers.write_packing_list(packing_list, places)
    if envelopes:
        papers.write_envelopes(envelopes, places)


def print_summary(tell: Callable[[str], object], places: Sequence[Place]) -> None:
    """Print the counts by arm; whoever asks for them is told that they unblind."""
    tell("UNBLINDS. Compare with your own summary:")
    for line in schedule.summary(places):
        tell(f"  {line}")
