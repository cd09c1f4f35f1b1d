"""What the randomisation could have given: the reference set of a list of permuted blocks (METHODS 7.1, 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb, prod

import numpy as np
import pandas as pd

from analysis.stats.results import NotEstimable
from analysis.stats.streams import stream

SCHEMES = ("conditional", "unconditional")


@dataclass(frozen=True)
class Block:
    """One block of the list: `size` places of which `active` are active; the first `subjects` used it.

    Conditional on the numbers observed a block is only the places used, so `size` is then the number of subjects.
    """

    stratum: str
    label: str
    subjects: tuple
    size: int
    active: int

    @property
    def _split(self) -> range:
        """How many of the subjects can have got the active arm."""
        used = len(self.subjects)
        return range(max(0, self.active - (self.size - used)), min(used, self.active) + 1)

    @property
    def count(self) -> int:
        """How many arrangements the subjects could have had."""
        return sum(comb(len(self.subjects), j) for j in self._split)

    def arrangements(self) -> tuple[np.ndarray, np.ndarray]:
        """All arrangements as (count, subjects) of 0.0 and 1.0, and their probabilities.

        An arrangement with j active is the beginning of C(size - used, active - j) whole blocks. For 2 used of 4 with
        2 active: AB : BA : AA : BB = 2 : 2 : 1 : 1.
        """
        used = len(self.subjects)
        rows, ways = [], []
        for j in self._split:
            for places in combinations(range(used), j):
                row = np.zeros(used)
                row[list(places)] = 1.0
                rows.append(row)
                ways.append(comb(self.size - used, self.active - j))
        return np.array(rows), np.array(ways, dtype=float) / sum(ways)

    def draw(self, draws: int, random: np.random.Generator) -> np.ndarray:
        """`draws` random arrangements as (draws, subjects): whole blocks are permuted, the places not used cut off."""
        places = np.argsort(random.random((draws, self.size)), axis=1)[:, : len(self.subjects)]
        return (places < self.active).astype(np.uint8)


@dataclass(frozen=True)
class ReferenceSet:
    """All allocations that the list could have given to these subjects, or a random sample of them.

    Enumerated allocations are never all in memory: `rows` makes those that are asked for. Row r is r written in the
    mixed radix of the blocks' counts, the last block running fastest. A sample is held in `drawn`, (draws, subjects).
    `observed` is the allocation that happened, in the order of `subjects`.
    """

    scheme: str
    subjects: tuple
    observed: np.ndarray
    blocks: tuple[Block, ...]
    drawn: np.ndarray | None

    @property
    def exact(self) -> bool:
        """Whether the rows are the whole set."""
        return self.drawn is None

    @property
    def uniform(self) -> bool:
        """Whether all rows weigh the same."""
        return self.drawn is not None or self.scheme == "conditional"

    @property
    def expected(self) -> np.ndarray:
        """The probability of the active arm for each subject: by symmetry that of their block."""
        return np.concatenate([np.full(len(b.subjects), b.active / b.size) for b in self.blocks])

    @property
    def possible(self) -> int:
        """How many allocations the whole set has."""
        return prod(block.count for block in self.blocks)

    @property
    def count(self) -> int:
        """How many rows there are: all, or those drawn."""
        return self.possible if self.drawn is None else len(self.drawn)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Rows start to stop as (rows, subjects) of 0.0 and 1.0 (1 = active)."""
        if self.drawn is not None:
            return self.drawn[start:stop].astype(float)
        tables, numbers = self._tables(start, stop)
        parts = [rows[number] for (rows, _), number in zip(tables, numbers, strict=True)]
        return np.concatenate(parts, axis=1) if parts else np.zeros((stop - start, 0))

    def weights(self, start: int, stop: int) -> np.ndarray:
        """The probabilities of rows start to stop; over all rows they sum to 1."""
        if self.drawn is not None:
            return np.full(stop - start, 1.0 / len(self.drawn))
        if (start, stop) == (0, self.count) and len(self.blocks) > 1:
            first, second = self.halves()
            return np.outer(first.weights(0, first.count), second.weights(0, second.count)).ravel()
        tables, numbers = self._tables(start, stop)
        product = np.ones(stop - start)
        for (_, weights), number in zip(tables, numbers, strict=True):
            product *= weights[number]
        return product

    def halves(self) -> tuple[ReferenceSet, ReferenceSet]:
        """The enumerated set as a product: row r is row r // second.count of the first beside r % second.count.

        The cut makes the two counts as near as they can be, so that what is computed per half costs next to nothing.
        """
        counts = [block.count for block in self.blocks]
        cut = min(range(1, len(counts)) or [0], key=lambda c: prod(counts[:c]) + prod(counts[c:]))
        width = sum(len(block.subjects) for block in self.blocks[:cut])
        return (
            ReferenceSet(self.scheme, self.subjects[:width], self.observed[:width], self.blocks[:cut], None),
            ReferenceSet(self.scheme, self.subjects[width:], self.observed[width:], self.blocks[cut:], None),
        )

    def _tables(self, start, stop):
        if not self.blocks:
            return [], []
        sizes = [block.count for block in self.blocks]
        return [block.arrangements() for block in self.blocks], np.unravel_index(np.arange(start, stop), sizes)


def reference_set(
    rows: pd.DataFrame, *, active: str, reference: str, scheme: str, limit: int, draws: int, seed: int
) -> ReferenceSet:
    """The reference set of an opened allocation list (METHODS 7.1 conditional, 7.2 unconditional).

    `rows`: one row per row of the list, also those that nobody used, with `stratum`, `block`, `arm`, and `subject`
    (missing where unused). Blocks are told apart within their stratum. `scheme` "conditional" keeps the number per arm
    within each block as observed; "unconditional" lets a cut block fall as the whole block could have fallen.
    The set is enumerated up to `limit` allocations; beyond, `draws` are taken with `seed`.
    Every randomised subject is in the set, analysed or not. NotEstimable says what the list lacks.
    """
    if scheme not in SCHEMES:
        raise NotEstimable(f"The scheme is {scheme!r}; it must be one of {', '.join(SCHEMES)}.")
    _check_list(rows, active, reference)
    blocks, observed = [], []
    for (stratum, label), block in rows.groupby(["stratum", "block"], sort=True):
        used = block[block["subject"].notna()]
        if used.empty:
            continue
        counted = used if scheme == "conditional" else block
        blocks.append(
            Block(str(stratum), str(label), tuple(used["subject"]), len(counted), int((counted["arm"] == active).sum()))
        )
        observed.extend(used["arm"] == active)
    subjects = tuple(subject for block in blocks for subject in block.subjects)
    whole = ReferenceSet(scheme, subjects, np.array(observed, dtype=float), tuple(blocks), None)
    if whole.possible <= limit:
        return whole
    random = stream(seed, "allocations", 0)
    drawn = np.concatenate([block.draw(draws, random) for block in blocks], axis=1)
    return ReferenceSet(scheme, subjects, whole.observed, whole.blocks, drawn)


def _check_list(rows, active, reference):
    if missing := {"stratum", "block", "arm", "subject"} - set(rows.columns):
        raise NotEstimable(f"The allocation list has no column {', '.join(sorted(missing))}.")
    if rows["arm"].isna().any():
        raise NotEstimable("The list has rows without an arm: it is not opened. Open it, or leave those rows out.")
    if strangers := set(rows["arm"]) - {active, reference}:
        raise NotEstimable(f"The list holds the arm {', '.join(sorted(map(str, strangers)))}; two can be compared.")
    used = rows[rows["subject"].notna()]
    if used["arm"].nunique() < 2:
        raise NotEstimable("Fewer than two arms have been given out: there is nothing to compare.")
    if used["subject"].duplicated().any():
        raise NotEstimable(f"Subject {used.loc[used['subject'].duplicated(), 'subject'].iloc[0]} is on the list twice.")
