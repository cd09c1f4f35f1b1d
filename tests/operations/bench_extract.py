"""The whole export, all formats, of a trial of a thousand subjects and of ten thousand: by stage the processor's
seconds, rows a second and the most memory; and of a past moment, from the trail.

Each in a process of its own, because memory is measured as the most that a process held; beside it the same rows by
COPY, which is as fast as the database gives them. SUBJECTS=1000 measures that size alone.
"""

import contextlib
import multiprocessing
import os
import resource
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from psycopg import sql

from analysis.extract import archive, of_forms
from crf import trial
from crf.models import RECORDS, Site
from tests import databases
from tests.journeys.test_demo_trial import templates
from tests.pages.many_subjects import fill, tell_all
from trialsite.database import roles
from trialsite.database.wall import seeing

SIZES = [int(one) for one in os.environ.get("SUBJECTS", "1000,10000").split(",")]
PAST = 1_000  # up to so many subjects a past moment is measured too


@pytest.mark.parametrize("subjects", SIZES)
def test_the_export_of_everything(
    subjects, admin, database_names, django_test_environment, django_db_blocker, tmp_path
):
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        running, *_ = templates(admin)
        name = next(database_names)
        databases.clone(admin, running, name)
        stack.callback(databases.drop, admin, name)
        with databases.the_cluster().connect(roles.OWNER, name) as owner:
            fill(owner, subjects)
            begun, used = time.perf_counter(), time.process_time()
            for form in trial.FORMS:
                query = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(RECORDS[form.code]._meta.db_table))
                with owner.cursor() as cursor, cursor.copy(query) as rows:
                    for _ in rows:
                        pass
            print(
                f"\n{subjects} subjects; COPY of the forms alone: {time.perf_counter() - begun:.2f} s,"
                f" {time.process_time() - used:.2f} s CPU"
            )
            if subjects <= PAST:
                tell_all(owner)
        stack.enter_context(databases.connected(name, roles.WEB))
        connection.close()
        for past in (None, datetime.now(UTC)) if subjects <= PAST else (None,):
            process = multiprocessing.get_context("fork").Process(target=export, args=(tmp_path / "data.zip", past))
            process.start()
            process.join()
            assert process.exitcode == 0


def export(path: Path, past: datetime | None):
    inherited, stages = _most(), []

    def tell(percent: int, doing: str) -> None:
        if not stages or stages[-1][0] != doing:
            stages.append((doing, time.process_time(), _most()))
            _forget_most()

    begun, used = time.perf_counter(), time.process_time()
    with seeing(Site.objects.all()):
        forms = tuple(form.code for form in trial.FORMS if of_forms.may_leave(form))
        wanted = archive.Wanted(tuple(Site.objects.values_list("pk", flat=True)), forms, past=past)
        made = archive.write(path, wanted, is_synthetic=True, tell=tell)
    stages.append(("", time.process_time(), _most()))
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    rows = sum(one["rows"] for one in made.manifest["data_sets"].values())
    print(f"  as of {past or 'now'}: {rows} rows, {path.stat().st_size / 1e6:.0f} MB packed")
    for (doing, since, _), (_, until, most) in pairwise(stages):
        spent = until - since
        speed = f"{rows / spent:10,.0f} rows/s" if doing.startswith("writing") and "codebook" not in doing else ""
        print(f"  {doing:36} {spent:7.2f} s CPU, most {most:4.0f} MB {speed}")
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"  in all {cpu:.1f} s CPU, {wall:.1f} s; most {max(most for *_, most in stages):.0f} MB, of which"
        f" {inherited:.0f} MB were there before; {rows / cpu:,.0f} rows/s;"
        f" the codebook's own process {children.ru_utime + children.ru_stime:.1f} s CPU"
    )


def _most() -> float:
    """The most memory that this process held since it was forgotten, in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _forget_most() -> None:
    Path("/proc/self/clear_refs").write_text("5")
