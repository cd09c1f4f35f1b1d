"""How long the look at the whole record takes, and how much memory, by the number of subjects (`manage.py verify`).

One screened casebook is copied by INSERT ... SELECT with every trigger at work, so that each copy has its own chain and
the trail says each of its cells. SUBJECTS="1000 10000" says how many; where 10,000 are not among them their time
follows from the last two figures, which is said as what it is.

Measured in November 2026 on one of two cores, with others at work beside it: 1,000 subjects (22,229 events) 13 s;
10,000 subjects (220,230 events, 5.1 million cells) 91 s, 2,400 events a second. The process grew by less than 60 MB
over both. The copies took eight minutes to make.
"""

import os
import resource
import threading
import time
from pathlib import Path

from django.utils import timezone

from crf.actions import verify_record
from crf.models import RECORDS, RecordCheck, Site, Subject, Visit
from tests import trial
from trialsite.database.wall import seeing

SIZES = [int(word) for word in os.environ.get("SUBJECTS", "300 1000").split()]
APART = 100_000


def copied(owner, source: Subject, first: int, last: int) -> None:
    with owner.transaction():
        owner.execute("SELECT set_config('crf.actor', %s, true)", [str(trial.person("ines").pk)])
        owner.execute("SELECT set_config('crf.reason', 'Copied for a measurement', true)")
        for model in (Subject, Visit, *RECORDS.values()):
            table, is_subject = model._meta.db_table, model is Subject
            made = f"'id', t.id + place * {APART}"
            made += ", 'number', 'X-' || place" if is_subject else f", 'subject_id', t.subject_id + place * {APART}"
            if not is_subject and model is not Visit:
                made += f", 'visit_id', t.visit_id + place * {APART}"
            columns = ", ".join(f'"{one.column}"' for one in model._meta.concrete_fields if not one.generated)
            values = ", ".join(f'made."{one.column}"' for one in model._meta.concrete_fields if not one.generated)
            owner.execute(
                f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" AS t,'
                f" generate_series({first}, {last}) AS place,"
                f" LATERAL jsonb_populate_record(t, jsonb_build_object({made})) AS made"
                f" WHERE t.{'id' if is_subject else 'subject_id'} = {source.pk} ORDER BY place"
            )


def resident() -> float:
    """MB that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def looked_at() -> tuple[RecordCheck, float, float]:
    """One look: what it found, its seconds, and how many MB the process grew to meanwhile."""
    most, done, before = [resident()], threading.Event(), resident()

    def watch():
        while not done.wait(0.05):
            most.append(resident())

    thread = threading.Thread(target=watch)
    thread.start()
    start = time.perf_counter()
    check = verify_record.verify(cause=RecordCheck.Cause.BY_HAND)
    taken = time.perf_counter() - start
    done.set()
    thread.join()
    return check, taken, max(most) - before


def test_a_look_at_the_whole_record_by_the_number_of_subjects(real_commits, owner, settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"
    with seeing(Site.objects.all()):
        site = Site.objects.get(code=trial.FIRST)
        source = trial.screened(site, site.today(), "ines")
    verify_record.anchor(now=timezone.now())
    done, figures = 0, []
    for size in SIZES:
        copied(owner, source, done + 1, size)
        done = size
        check, taken, grown = looked_at()
        assert check.findings == []
        figures.append((size, check.events, taken))
        print(
            f"\n{size} subjects, {check.events} events, {check.cells} cells: {taken:.1f} s,"
            f" {check.events / taken:.0f} events/s, {grown:.0f} MB more while it ran"
        )
    (less, _, short), (more, events, long) = figures[-2:]
    if more >= 10_000:
        return
    of_ten_thousand = long + (10_000 - more) * (long - short) / (more - less)
    print(f"10,000 such subjects, {10 * events * 1000 // more} events: about {of_ten_thousand:.0f} s (extrapolated)")
