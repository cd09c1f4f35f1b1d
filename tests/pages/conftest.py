"""The pages' world: what the small world lacks to have every page shown."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from crf import spec
from crf import trial as served
from crf.actions import code_break, corrections, drafts, level_messages, quarantines, queries, redact, shipments
from crf.actions.act import act
from crf.models import CodeBreak, Site, SiteCopy
from crf.shown import redactable
from tests import trial
from trialsite.database.wall import seeing


class World(SimpleNamespace):
    """Ids by name. What is about supplies, or levels, is made when it is first asked for: few pages want it."""

    MADE = {
        **dict.fromkeys(("shipment", "quarantine", "kit"), lambda: supplied(trial.subject(trial.TREATED))),
        **dict.fromkeys(("level", "level_message"), lambda: told_of_levels(trial.subject(trial.TREATED))),
    }

    def __getattr__(self, name):
        if name not in self.MADE:
            raise AttributeError(name)
        with seeing(Site.objects.all()):
            vars(self).update(self.MADE[name]())
        return getattr(self, name)


@pytest.fixture
def everything(db):
    """A query, an alert, an adverse event and a code break about TREATED, made by deeds; their ids."""
    with seeing(Site.objects.all()):
        return fill_everything()


def fill_everything() -> SimpleNamespace:
    world, subject = trial.world, trial.subject(trial.TREATED)
    rating = trial.record_of(subject, world.RATING, world.DONE[0][0])
    item = next(iter(world.ALARMING))
    query = queries.ask(record=rating, item=item, text="Is this the worst of the week?", by=trial.person("mona"))
    on = subject.site.today() - timedelta(days=1)
    typed = world.given(world.RATING, world.NEXT) | world.ALARMING
    alerts = trial.fill(subject, world.NEXT, world.RATING, on, "ines", **typed).alerts
    trial.fill(subject, None, served.code_serving(spec.Purpose.ADVERSE_EVENTS), on, "ines")
    log_id = code_break.request(subject=subject, by=trial.person("ines"), reason="Found unconscious at home")
    serious = trial.fill(
        subject, None, served.code_serving(spec.Purpose.ADVERSE_EVENTS), on, "ines", row=2, serious="Y"
    ).record.row_number
    susar = code_break.request_for_report(
        subject=subject, event=serious, by=trial.person("sofia"), reason="Report 1 to the authority"
    )
    held = trial.person("clara").roles_held.get().pk
    form, item, answer = world.DRAFTED
    draft = drafts.keep(
        form=served.form(form),
        subject=subject,
        visit=trial.visit_of(subject, world.AHEAD),
        by=trial.person("ruth"),
        changes={item: answer},
    )
    with act(by="system:tests"):
        copy = SiteCopy.objects.create(  # without its file: nobody asks for that here
            site=subject.site, how="pushed", purpose="Nightly", made_at=subject.attested_at, sha256="0" * 64, size=1
        )
    correction = corrections.ask(subject=subject, text="Stratum B, says the referral letter", by=trial.person("ines"))
    place = redactable.Place("crf_query", query.pk, "text", None, "Query", [])
    asked = redact.ask(subject=subject, place=place, why="Names a relative", by=trial.person("clara"))
    return World(
        redaction=asked.pk,
        copy=copy.pk,
        draft=draft.pk,
        held=held,
        correction=correction.pk,
        query=query.pk,
        alert=alerts[0].pk,
        record=rating.pk,
        log_id=log_id,
        broken=CodeBreak.objects.get(log=log_id).pk,
        serious=serious,
        susar=susar,
    )


def supplied(subject):
    """Ids of a shipment that arrived, one that did not, and a quarantine; the treated subject's kit is among them."""
    sven, peter = trial.person("sven"), trial.person("peter")
    later = subject.site.today() + timedelta(days=400)
    sent = shipments.send(site=subject.site, kits=4, expires_on=later, by=sven)
    rows = list(sent.bottles.all())
    shipments.receive(
        shipment=sent,
        condition="damaged",
        received_on=subject.site.today(),
        counted=len(rows) - 1,
        missing=[rows[-1].pk],
        remark="The box was open",
        by=peter,
    )
    spare = sent.bottles.exclude(kit=subject.kit).filter(state="in_stock").first()
    aside = quarantines.put_aside(site=subject.site, bottles=[spare.pk], reason="Two days at 31 degrees", by=peter)
    shipments.send(site=subject.site, kits=1, expires_on=later, by=sven)
    return {"shipment": sent.pk, "quarantine": aside.pk, "kit": subject.kit}


def told_of_levels(subject):
    """A level that says nothing and a measured one, and what the site was told of each; none in a trial without."""
    if served.LEVEL_MESSAGES is None:
        return {}
    sofia, form = trial.person("sofia"), served.serving(spec.Purpose.DRUG_LEVEL)
    for row, typed in ((1, "BLQ"), (2, "12.50")):
        sample = trial.fill(subject, None, form.code, subject.site.today(), "sofia", row=row, level=typed).record
        says = level_messages.asked_for(sample=sample, by=sofia).says
        message = level_messages.send(sample=sample, says=says, by=sofia)
    return {"level": sample.row_number, "level_message": message.pk}
