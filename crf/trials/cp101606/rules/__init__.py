"""The decisions of this trial, put together for the engine."""

from crf.spec.trial import Rules
from crf.trials.cp101606.rules.eligibility import contradictions, measured
from crf.trials.cp101606.rules.run_in import did_not_respond

RULES = Rules(
    contradictions=contradictions, measured=measured, gates={"did_not_respond_to_paroxetine": did_not_respond}
)
