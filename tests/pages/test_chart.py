"""The chart gives what the records hold, of every form of the served trial."""

from crf import spec
from crf import trial as served
from crf.chart.chart import Chart
from crf.models import RECORDS, Site, Subject
from trialsite.database.wall import seeing

BESIDE = ("version", "missing", "changed_at", "created_at", "row_number")


def test_the_chart_gives_every_answer_as_the_record_holds_it(everything):
    """Also of forms with more columns than one function of the database takes."""
    compared = set()
    with seeing(Site.objects.all()):
        for subject in Subject.objects.all():
            chart = Chart.of(subject)
            for form in served.FORMS:
                if form.discloses is spec.UNBLINDS:
                    continue
                stored = {one.pk: one for one in RECORDS[form.code].objects.standing().filter(subject=subject)}
                assert {one.pk for one in chart.records(form.code)} == set(stored)
                for entry in chart.records(form.code):
                    record = stored[entry.pk]
                    for name in (*BESIDE, *form.items, *form.scores):
                        assert getattr(entry, name) == getattr(record, name), (form.code, name)
                    who = (record.created_by_id, record.completed_at is not None)
                    assert (entry.created_by, entry.is_complete) == who
                    compared.add(form.code)
    assert len(compared) > len(served.FORMS) / 2
