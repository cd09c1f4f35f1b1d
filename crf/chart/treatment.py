"""That treatment with the study drug has ended: one fact, from whichever record says so first."""

from dataclasses import dataclass
from datetime import date

from crf import trial
from crf.chart.others import Others
from crf.models import Subject
from crf.rules.ladder import Decision
from crf.spec.purposes import Purpose


@dataclass(frozen=True)
class Ended:
    """The day on which treatment ended, and what says so."""

    on: date
    because: str

    @property
    def sentence(self) -> str:
        return f"Treatment ended on {self.on.day} {self.on:%b %Y} ({self.because}): nothing more is prescribed."


def treatment_ended(subject: Subject, others: Others) -> Ended | None:
    """The earliest end that the records tell: end of treatment or of study, a stop, consent withdrawn; None without."""
    found = []
    if end := trial.serving(Purpose.END_OF_TREATMENT):
        found += [(record.decided_on or record.last_dose_on, end.title) for record in others.records(end.code)]
    if end := trial.serving(Purpose.END_OF_STUDY):
        found += [(record.ended_on, end.title) for record in others.records(end.code)]
    if dosing := trial.serving(Purpose.DOSING):
        found += [
            (record.effective_on or record.decided_on, "The drug was stopped for good")
            for record in others.records(dosing.code)
            if record.decision == Decision.STOP
        ]
    found.append((subject.consent_withdrawn_on, "Consent was withdrawn"))
    dated = [(on, because) for on, because in found if on is not None]
    return Ended(*min(dated)) if dated else None
