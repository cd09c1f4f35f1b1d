"""A rating begins with the language in which the subject consented, in every language in which ratings are made."""

import pytest

from crf import trial as served
from crf.models import RECORDS, Site
from crf.spec import Purpose
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-106")]
CONSENT = served.serving(Purpose.CONSENT)
RATINGS = [form for form in served.FORMS if form.rating]


@pytest.mark.parametrize("form", RATINGS, ids=lambda form: form.code)
def test_every_language_of_the_consent_is_one_of_the_ratings(form):
    consented = CONSENT.items["consent_language"].kind.codes
    assert set(consented) <= set(form.items["language"].kind.codes)


def test_a_new_rating_is_in_the_language_of_the_consent(client):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        consent = RECORDS[CONSENT.code].objects.get(subject=subject)
    client.force_login(trial.person("ruth"))
    shown = client.get("/subjects/JER-001/W3/HAMD/").content.decode()
    label = CONSENT.items["consent_language"].kind.show(consent.consent_language)
    assert f'<option value="{consent.consent_language}" selected>{label}</option>' in shown
