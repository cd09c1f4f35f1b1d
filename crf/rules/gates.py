"""The gates between epochs: a subject passes from one to the next only where the trial's own rule lets it through."""

from crf import trial


def gates_against(chart) -> list[str]:
    """Sentences against passing the epochs before randomisation, in their order; none when the subject may pass.

    `chart` is what holds of a subject (crf/chart/others.py); each gate is a rule of the trial (spec.trial.Rules).
    """
    gates = [epoch.gate for epoch in trial.EPOCHS if epoch.before_randomisation and epoch.gate]
    return [sentence for gate in gates for sentence in trial.RULES.gates[gate](chart)]
