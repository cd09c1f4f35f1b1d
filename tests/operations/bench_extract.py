"""The whole export, all formats, of a trial of a thousand subjects and of ten thousand: seconds, memory, rows a second.

Each in a process of its own, because memory is measured as the most that the process ever held; beside it the same rows
by COPY, which is as fast as the database gives them.
"""

import contextlib
import multiprocessing
import resource
import time

import pytest
from django.db import connection

from analysis.extract import archive, of_forms
from crf import trial
from crf.models import RECORDS, Site
from tests import databases
from tests.journeys.test_demo_trial import templates
from tests.pages.many_subjects import fill
from trialsite.database import roles
from trialsite.database.wall import seeing


@pytest.mark.parametrize("subjects", [1_000, 10_000])
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
            begun = time.perf_counter()
            for form in trial.FORMS:
                with (
                    owner.cursor() as cursor,
                    cursor.copy(f"COPY {RECORDS[form.code]._meta.db_table} TO STDOUT") as rows,
                ):
                    for _ in rows:
                        pass
            copied = time.perf_counter() - begun
        stack.enter_context(databases.connected(name, roles.WEB))
        connection.close()
        measured = multiprocessing.get_context("fork").Queue()
        process = multiprocessing.get_context("fork").Process(target=export, args=(tmp_path / "data.zip", measured))
        process.start()
        rows, wall, cpu, most = measured.get()
        process.join()
        size = (tmp_path / "data.zip").stat().st_size
        print(
            f"\n{subjects} subjects: {rows} rows, {size / 1e6:.0f} MB; {wall:.1f} s, {cpu:.1f} s CPU, {most:.0f} MB;"
            f" {rows / cpu:.0f} rows/s; COPY of the forms {copied:.2f} s"
        )


def export(path, measured):
    begun, told = time.perf_counter(), []
    with seeing(Site.objects.all()):
        forms = tuple(form.code for form in trial.FORMS if of_forms.may_leave(form))
        wanted = archive.Wanted(tuple(Site.objects.values_list("pk", flat=True)), forms)
        made = archive.write(
            path, wanted, is_synthetic=True, tell=lambda _, doing: told.append((time.perf_counter() - begun, doing))
        )
    used = resource.getrusage(resource.RUSAGE_SELF)
    for at, doing in told:
        print(f"  {at:6.1f} s {doing}")
    rows = sum(one["rows"] for one in made.manifest["data_sets"].values())
    measured.put((rows, time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
