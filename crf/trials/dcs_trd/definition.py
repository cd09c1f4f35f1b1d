"""D-cycloserine in treatment-resistant depression, put together from its parts."""

from crf.spec.trial import Rules, Trial, forms_in
from crf.trials.dcs_trd import forms, protocol
from crf.trials.dcs_trd.dosing import KITS, LADDER
from crf.trials.dcs_trd.laboratory import LABORATORY
from crf.trials.dcs_trd.outcomes import ANALYSIS
from crf.trials.dcs_trd.published import PUBLISHED
from crf.trials.dcs_trd.result_files import IMPORTS
from crf.trials.dcs_trd.rules import alerts, drug, eligibility

TRIAL = Trial(
    code="dcs_trd",
    study_id=protocol.STUDY_ID,
    title=protocol.TITLE,
    design=protocol.DESIGN,
    protocol_version=protocol.PROTOCOL_VERSION,
    sites=protocol.SITES,
    arms=protocol.ARMS,
    allocation=protocol.ALLOCATION,
    epochs=protocol.EPOCHS,
    visits=protocol.VISITS,
    schedule=protocol.SCHEDULE,
    log_forms=protocol.LOG_FORMS,
    forms=forms_in(forms),
    dosing=LADDER,
    analysis=ANALYSIS,
    rules=Rules(
        contradictions=eligibility.contradicted,
        before_randomising=eligibility.before_randomising,
        measured=eligibility.measured,
        stop=drug.stop,
        decide=drug.decide,
        ends_treatment=drug.ends_treatment,
        tells_of=alerts.tells_of,
        panel_on=drug.panel_on,
    ),
    settings=protocol.SETTINGS,
    alert_kinds=protocol.ALERT_KINDS,
    words=protocol.WORDS,
    laboratory=LABORATORY,
    imports=IMPORTS,
    published=PUBLISHED,
    kits=KITS,
)
