"""Brief psychiatric rating scale, 1988 version: watches for psychotomimetic effects (PROTOCOL 3 and 7, TRIAL 6c)."""

from crf.spec import OPEN, Check, Form, Item, Score, scale
from crf.spec.people import RATERS, READERS_AND_RATERS
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.rules import alerts

DEGREES = scale(1, 7, "Not present", "Very mild", "Mild", "Moderate", "Moderately severe", "Severe", "Extremely severe")


class BPRS(Form):
    """Rated by the clinician. An item that could not be assessed is marked not done, and the total is then missing."""

    code, title, domain, category = "BPRS", "Brief Psychiatric Rating Scale", "RS", "BPRS 1988 VERSION"
    reference = "The past week"
    discloses = OPEN
    entered_by, read_by = RATERS, READERS_AND_RATERS
    rating = True
    languages = protocol.LANGUAGES
    alerts = (alerts.of_bprs,)

    somatic_concern = Item("1 Somatic concern", DEGREES, testcd="BPRS0101")
    anxiety = Item("2 Anxiety", DEGREES, testcd="BPRS0102")
    withdrawal = Item("3 Emotional withdrawal", DEGREES, testcd="BPRS0103")
    disorganisation = Item("4 Conceptual disorganisation", DEGREES, testcd="BPRS0104")
    guilt = Item("5 Guilt feelings", DEGREES, testcd="BPRS0105")
    tension = Item("6 Tension", DEGREES, testcd="BPRS0106")
    mannerisms = Item("7 Mannerisms and posturing", DEGREES, testcd="BPRS0107")
    grandiosity = Item("8 Grandiosity", DEGREES, testcd="BPRS0108")
    depressive_mood = Item("9 Depressive mood", DEGREES, testcd="BPRS0109")
    hostility = Item("10 Hostility", DEGREES, testcd="BPRS0110")
    suspiciousness = Item("11 Suspiciousness", DEGREES, testcd="BPRS0111")
    hallucinations = Item("12 Hallucinatory behaviour", DEGREES, testcd="BPRS0112")
    retardation = Item("13 Motor retardation", DEGREES, testcd="BPRS0113")
    uncooperativeness = Item("14 Uncooperativeness", DEGREES, testcd="BPRS0114")
    unusual_thought = Item("15 Unusual thought content", DEGREES, testcd="BPRS0115")
    blunted_affect = Item("16 Blunted affect", DEGREES, testcd="BPRS0116")
    excitement = Item("17 Excitement", DEGREES, testcd="BPRS0117")
    disorientation = Item("18 Disorientation", DEGREES, testcd="BPRS0118")

    total = Score(
        "Total",
        low=18,
        high=126,
        testcd="BPRS0119",
        of=[
            somatic_concern,
            anxiety,
            withdrawal,
            disorganisation,
            guilt,
            tension,
            mannerisms,
            grandiosity,
            depressive_mood,
            hostility,
            suspiciousness,
            hallucinations,
            retardation,
            uncooperativeness,
            unusual_thought,
            blunted_affect,
            excitement,
            disorientation,
        ],
    )

    checks = (
        Check(
            "BPRS-01",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
        Check(
            "BPRS-02",
            "Marked motor retardation together with marked excitement: please confirm.",
            lambda r: not (r.retardation >= 6 and r.excitement >= 6),
        ),
        Check(
            "BPRS-03",
            "What is seen rather than told was rated by telephone: please confirm.",
            lambda r: not (r.how == "PHONE" and max(r.mannerisms, r.retardation, r.blunted_affect) > 1),
            items=("how", "mannerisms", "retardation", "blunted_affect"),
        ),
    )
