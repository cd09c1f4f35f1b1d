"""The pages' world: what the small world lacks to have every page shown."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from crf import trial as served
from crf.actions import code_break, drafts, queries
from crf.models import Site
from tests import trial
from trialsite.database.wall import seeing


@pytest.fixture
def everything(db):
    """A query, an alert, an adverse event and a code break about JER-001, made by deeds; their ids."""
    with seeing(Site.objects.all()):
        return fill_everything()


def fill_everything() -> SimpleNamespace:
    subject = trial.subject("JER-001")
    hamd = trial.record_of(subject, "HAMD", "W1")
    query = queries.ask(record=hamd, item="mood", text="Is this the worst of the week?", by=trial.person("mona"))
    on = subject.site.today() - timedelta(days=1)
    alerts = trial.fill(subject, "W3", "HAMD", on, "ines", suicide="4").alerts
    trial.fill(subject, None, "AE", on, "ines")
    log_id = code_break.request(subject=subject, by=trial.person("ines"), reason="Found unconscious at home")
    held = trial.person("clara").roles_held.get().pk
    draft = drafts.keep(
        form=served.form("BPRS"),
        subject=subject,
        visit=trial.visit_of(subject, "W4"),
        by=trial.person("ruth"),
        changes={"guilt": "4"},
    )
    return SimpleNamespace(draft=draft.pk, held=held, query=query.pk, alert=alerts[0].pk, record=hamd.pk, log_id=log_id)
