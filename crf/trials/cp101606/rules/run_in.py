"""The gate between the periods: only who did not respond to six weeks of paroxetine is randomised."""

from crf.trials.cp101606 import protocol


def is_response(before: int, now: int) -> bool:
    """Whether at least half of the HAMD-17 of the run-in's first day is gone. That it is the HAMD: our assumption."""
    return before > 0 and (before - now) * 100 >= protocol.RESPONSE_PERCENT * before


def did_not_respond(chart) -> list[str]:
    """Sentences against passing from the run-in to period 2; none where the subject may."""
    before = chart.value("HAMD17", "total", visit=protocol.RUN_IN_BEGINS)
    now = chart.value("HAMD17", "total", visit="BL")
    if before is None or now is None:
        return ["Whether the run-in was a response is not known: HAMD-17 of its first and last day are wanted."]
    if is_response(before, now):
        return [f"Responded to paroxetine: HAMD-17 fell from {before} to {now}. Only non-responders go on."]
    return []
