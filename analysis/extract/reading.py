"""The record read into spools: what is derived some subjects after the other, then form by form."""

import contextlib
import gc
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.collect import datasets
from analysis.extract import copied, of_analysis, of_forms, past
from analysis.extract.of_forms import FormSet
from analysis.extract.sets import Shape
from analysis.extract.short_names import named
from analysis.extract.spool import Spool
from crf import trial
from crf.models import Subject

SUBJECTS_AT_ONCE = 900  # more take less time in all, and more memory
_DERIVED = 0.85  # of the time that reading takes
Tell = Callable[[float, str], None]


def form_sets(forms: Iterable[str], *, with_scores: bool) -> list[FormSet]:
    """The data sets of the forms with these codes."""
    return [of_forms.form_set(trial.form(code), with_scores=with_scores) for code in forms]


def shapes(sets: Iterable[FormSet], derived: Iterable[Shape] = ()) -> list[Shape]:
    """The data sets that go out, with their short names: forms, reasons for missing answers, then derived ones."""
    return named([*(one.shape for one in sets), of_forms.REASONS, *derived])


def read(wanted, folder: Path, tell: Tell) -> list[Spool]:
    """Every data set that is wanted (archive.Wanted). The caller holds the moment, and sees the sites.

    `tell` is called with the share that is done, and what is being done.
    """
    sets = form_sets(wanted.forms, with_scores=wanted.with_scores)
    # What is derived is derived of the record as it stands; of a past moment only what was entered is told.
    with_derived = wanted.with_derived and wanted.past is None
    parts = _derived(wanted.arms, lambda share: tell(share * _DERIVED, "deriving")) if with_derived else iter(())
    with _uncollected():
        first = list(next(parts, ()))
        spools = {shape.name: Spool(shape, folder) for shape in shapes(sets, [shape for shape, _ in first])}
        for part in itertools.chain([first], parts):
            for shape, batch in part:
                spools[shape.name].add(batch)
    begun = _DERIVED if with_derived else 0.0
    _forms(wanted, sets, spools, folder, lambda share: tell(begun + share * (1 - begun), "reading the forms"))
    for spool in spools.values():
        spool.close()
    return list(spools.values())


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """The collector of circular garbage rests: it would go again and again through a hundred thousand facts about
    records, none of them circular, for a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _derived(arms: pd.Series | None, tell: Callable[[float], None]) -> Iterator[Iterator[tuple[Shape, pa.RecordBatch]]]:
    """What is derived, of some subjects after the other in the order of their numbers: what follows for one hangs on no
    other. At least once, so that each data set has its shape."""
    numbers = list(Subject.objects.order_by("number").values_list("number", flat=True))
    for start in range(0, max(len(numbers), 1), SUBJECTS_AT_ONCE):
        tell(start / max(len(numbers), 1))
        yield of_analysis.derived(datasets.collected(numbers[start : start + SUBJECTS_AT_ONCE]), arms)


def _forms(
    wanted, sets: Sequence[FormSet], spools: dict[str, Spool], folder: Path, tell: Callable[[float], None]
) -> None:
    reasons = {one.shape.name: Spool(of_forms.REASONS, folder, f"reasons of {one.shape.name}") for one in sets}
    for one, raw, share in _records(wanted, sets):
        tell(share)
        spools[one.shape.name].add(one.shaped(raw))
        reasons[one.shape.name].add(one.reasons(raw))
    for some in reasons.values():  # form by form, however the records were read
        some.close()
        for batch in some.batches():
            spools[of_forms.REASONS.name].add(batch)


def _records(wanted, sets: Sequence[FormSet]) -> Iterator[tuple[FormSet, pa.RecordBatch, float]]:
    """Batches of raw records, and the share that is done."""
    if wanted.past is not None:
        yield from past.batches(wanted.past, sets, wanted.sites)
        return
    for at, one in enumerate(sets):
        for raw in copied.batches(one, wanted.sites):
            yield one, raw, at / len(sets)
