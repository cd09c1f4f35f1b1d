"""The site asks for a correction of what it may not change itself, and sees its fate (INV-06)."""

import pytest

from crf import trial as served
from crf.actions import corrections, hold, lock
from crf.chart.held import Place
from crf.models import AuditEntry, Correction, Site
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from tests import trial
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
FORM, ITEM = trial.world.A_NUMBER
VISIT = trial.world.DONE[0][0]
BOOK = f"/subjects/{trial.TREATED}/"
ASKED, WHY = "The scale showed 71.5, as the chart of the ward says", "Lifted for you until tonight"
DONE = "The site corrected it"


@pytest.fixture
def subject(db):
    with seeing(Site.objects.all()):
        yield trial.subject(trial.TREATED)


@pytest.mark.req("INV-06")
def test_the_site_asks_where_it_may_not_change_and_sees_what_becomes_of_it(client, subject):
    dana, url = trial.person("dana"), f"{BOOK}{VISIT}/{FORM}/"
    place = Place(subject.site, subject, trial.visit_of(subject, VISIT), served.form(FORM))
    asking = {"item": ITEM, "text": ASKED, "once": "1"}
    alone = sign_in(client, "clara").post(f"{url}correction/", asking)
    assert alone.status_code == 409 and "You can correct this yourself" in text_of(alone)
    with seeing(Site.objects.all()):
        hold.lock(place=place, by=dana, reason="Reviewed", despite=True)
    assert "Ask for a correction" in text_of(client.get(url))
    client.post(f"{url}correction/", asking)
    client.post(f"{url}correction/", asking)  # the same press
    with seeing(Site.objects.all()):
        made = Correction.objects.get()
    here = f"/corrections/{made.pk}/"
    assert client.post(here, {"deed": "accept", "text": "So be it"}).status_code == 403
    assert ASKED in text_of(sign_in(client, "dana").get("/"))
    answer = client.post(here, {"deed": "accept", "text": ""})
    assert answer.status_code == 200
    assert client.post(here, {"deed": "accept", "text": WHY}).status_code == 302
    for page in ("/", BOOK, "/corrections/?state=accepted", here):
        assert ASKED in text_of(sign_in(client, "clara").get(page)), page
    assert WHY in text_of(client.get(BOOK))
    sign_in(client, "dana").post(here, {"deed": "done", "text": DONE})
    assert DONE in text_of(sign_in(client, "clara").get(BOOK)) and ASKED not in text_of(client.get("/"))
    with seeing(Site.objects.all()):
        told = AuditEntry.objects.filter(table="crf_correction", record=made.pk).order_by("sequence")
        assert [entry.role for entry in told] == ["coordinator", "data_manager", "data_manager"]
        assert [entry.changes["state"][1] for entry in told] == ["asked", "accepted", "done"]


@pytest.mark.req("INV-06")
def test_what_no_form_of_the_site_holds_is_asked_for_also_under_the_lock_of_the_study(client, subject):
    trial.lock_study()
    text = "The stratum is the other one, says the referral letter"
    made = corrections.ask(subject=subject, text=text, by=trial.person("ines"))
    with pytest.raises(NotAllowed):
        corrections.refuse(correction=made, by=trial.person("ines"), text="x")
    with pytest.raises(Refusal, match="Say why"):
        corrections.refuse(correction=made, by=trial.person("dana"), text=" ")
    corrections.refuse(correction=made, by=trial.person("dana"), text="The stratum stands as it was drawn")
    with pytest.raises(AlreadySettled):
        corrections.tell_done(correction=made, by=trial.person("dana"), text="Late")
    assert lock.is_locked()
    assert "The stratum stands as it was drawn" in text_of(sign_in(client, "ines").get(BOOK))
    assert text not in text_of(sign_in(client, "ruth").get(BOOK))  # nobody who only rates
