"""Questions that hang on another form are put only to the subjects they are for (F-417)."""

import re

import pytest

from crf import trial as served
from crf.actions import enrol, void
from crf.models import RECORDS, AuditEntry, Site
from crf.rehearsal.typical import typical
from crf.spec import YES_NO, DeclarationError, Elsewhere, Item
from crf.trials.dcs_trd.forms.uku import MEN, WOMEN
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-417")]
UKU = served.form("UKU")


def hidden(page: str) -> set[str]:
    return {name for name in (*WOMEN, *MEN) if re.search(rf'data-item="{name}"[^>]* hidden', page)}


def sex_of(number: str) -> str:
    with seeing(Site.objects.all()):
        return trial.record_of(trial.subject(number), "DEMOG", "SCR").sex


def test_what_a_sex_rules_out_is_neither_asked_nor_missed(client):
    client.force_login(trial.person("ines"))
    ruled_out = MEN if sex_of("JER-001") == "F" else WOMEN
    url = "/subjects/JER-001/W3/UKU/"
    assert hidden(client.get(url).content.decode()) == set(ruled_out)
    with seeing(Site.objects.all()):
        answers = typical(UKU, "W3", trial.subject("JER-001").site.today())
    asked = {name: text for name, text in answers.items() if name not in ruled_out}
    assert client.post(url, {**asked, "rash": "", "then": "stay"}, follow=True).content.decode().count("#item-") == 1
    with seeing(Site.objects.all()):
        assert not trial.record_of(trial.subject("JER-001"), "UKU", "W3").is_complete
    assert client.post(url, {**asked, "version": "1"}).status_code == 302
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "UKU", "W3")
        assert record.is_complete and {record.values()[name] for name in ruled_out} == {None}


def test_while_the_other_form_is_not_answered_all_is_asked_and_completeness_follows_it(client):
    client.force_login(trial.person("ines"))
    with seeing(Site.objects.all()):
        site = Site.objects.get(code="JER")
        subject = enrol.enrol(site=site, screened_on=site.today(), by=trial.person("ines"))
        visit = next(code for code in served.visits_of("UKU"))
    assert hidden(client.get(f"/subjects/{subject.number}/{visit}/UKU/").content.decode()) == set()
    with seeing(Site.objects.all()):
        subject = trial.subject(subject.number)
        of_men = trial.fill(subject, visit, "UKU", site.today(), "ines", **dict.fromkeys(WOMEN, "")).record
        assert not of_men.is_complete
        trial.fill(subject, "SCR", "DEMOG", site.today(), "ines", sex="M")
        of_men.refresh_from_db()
        assert of_men.is_complete
        last = AuditEntry.objects.filter(table="crf_form_uku", record=of_men.pk).order_by("sequence").last()
        assert (last.actor_name, set(last.changes)) == ("system:completeness 1.0", {"completed_at", "completed_by_id"})
        trial.change(subject, "SCR", "DEMOG", "ines", sex="F", may_become_pregnant="MENO")
        of_men.refresh_from_db()
        assert not of_men.is_complete
        trial.change(subject, "SCR", "DEMOG", "ines", sex="M", may_become_pregnant="")
        of_men.refresh_from_db()
        assert of_men.is_complete
        void.void(record=trial.record_of(subject, "DEMOG", "SCR"), by=trial.person("ines"), reason="Another's")
        of_men.refresh_from_db()
        assert not of_men.is_complete, "what it hung on is gone, so all is asked again"
    assert RECORDS["UKU"].objects


def test_a_form_can_hang_only_on_what_is_declared():
    for wrong in (
        Elsewhere("NOSUCH", "sex", ("F",), visit=None),
        Elsewhere("DEMOG", "nosuch", ("F",), visit="SCR"),
        Elsewhere("DEMOG", "sex", ("X",), visit="SCR"),
        Elsewhere("DEMOG", "sex", ("F",), visit="XX"),
    ):
        with pytest.raises(DeclarationError, match="hangs on"):
            served.TRIAL._police_elsewhere(UKU, wrong)
    item = Item("Asked of women", YES_NO, when=Elsewhere("DEMOG", "sex", ("F",), visit="SCR"))
    assert (
        item.applies({}, "W1") and item.applies({"DEMOG.sex": "F"}, "W1") and not item.applies({"DEMOG.sex": "M"}, "W1")
    )
