"""The gates between epochs: a subject passes from one to the next only where the trial's own rule lets it through.

They are asked at the attestation, at the randomisation, and again of everybody randomised when a record changes.
"""

from crf import trial
from crf.spec.visits import Epoch


def gates_against(chart) -> list[str]:
    """Sentences against passing the epochs before randomisation, in their order; none when the subject may pass.

    `chart` is what holds of a subject (crf/chart/others.py); each gate is a rule of the trial (spec.trial.Rules).
    """
    return [sentence for _, gate in _gated() for sentence in trial.RULES.gates[gate](chart)]


def gates_closed(chart) -> list[Epoch]:
    """The epochs whose gate does not let the subject through as the records stand."""
    return [epoch for epoch, gate in _gated() if trial.RULES.gates[gate](chart)]


def _gated() -> list[tuple[Epoch, str]]:
    return [(epoch, epoch.gate) for epoch in trial.EPOCHS if epoch.before_randomisation and epoch.gate]
