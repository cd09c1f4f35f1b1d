"""CP-101,606 in depression that did not respond to paroxetine, put together from its parts."""

from crf.spec.trial import Trial, forms_in
from crf.trials.cp101606 import forms, protocol, rules
from crf.trials.cp101606.dosing import INFUSION, KITS
from crf.trials.cp101606.outcomes import ANALYSIS

TRIAL = Trial(
    code="cp101606",
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
    dosing=INFUSION,
    analysis=ANALYSIS,
    rules=rules.RULES,
    settings=protocol.SETTINGS,
    alert_kinds=protocol.ALERT_KINDS,
    words=protocol.WORDS,
    kits=KITS,
)
