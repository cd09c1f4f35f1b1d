"""Hamilton's depression scale with 17 items. It is in the public domain; numbers and short names stand here."""

from crf.spec import OPEN, Check, Either, Form, Item, Score, at_visit, not_at_visit, scale
from crf.spec.people import RATERS, READERS_AND_RATERS
from crf.trials.cp101606 import protocol
from crf.trials.cp101606.rules.alerts import suicidality_from_hamd

FIVE, THREE, WEIGHT = scale(0, 4), scale(0, 2), scale(0, 2, not_assessed=3)
BY_HISTORY = ("SCR", "RI0")


class HAMD17(Form):
    """Rated by the clinician. Covers the past week."""

    code, title, domain, category = "HAMD17", "Hamilton Depression Rating Scale, 17 items", "RS", "HAMD 17"
    catch = "Loss of weight is rated once: 16A from the history or 16B by weighing, never both."
    reference = "The past week"
    discloses = OPEN
    entered_by, read_by = RATERS, READERS_AND_RATERS
    carries_eligibility = True
    rating = True
    short_under = protocol.SHORT_MINUTES
    alerts = (suicidality_from_hamd,)

    mood = Item("1 Depressed mood", FIVE, testcd="HAMD101")
    guilt = Item("2 Feelings of guilt", FIVE, testcd="HAMD102")
    suicide = Item("3 Suicide", FIVE, testcd="HAMD103")
    insomnia_early = Item("4 Insomnia, early", THREE, testcd="HAMD104")
    insomnia_middle = Item("5 Insomnia, middle", THREE, testcd="HAMD105")
    insomnia_late = Item("6 Insomnia, late", THREE, testcd="HAMD106")
    work = Item("7 Work and activities", FIVE, testcd="HAMD107")
    retardation = Item("8 Retardation", FIVE, testcd="HAMD108")
    agitation = Item("9 Agitation", FIVE, testcd="HAMD109")
    anxiety_psychic = Item("10 Anxiety, psychic", FIVE, testcd="HAMD110")
    anxiety_somatic = Item("11 Anxiety, somatic", FIVE, testcd="HAMD111")
    somatic_gastrointestinal = Item("12 Somatic symptoms, gastrointestinal", THREE, testcd="HAMD112")
    somatic_general = Item("13 Somatic symptoms, general", THREE, testcd="HAMD113")
    genital = Item("14 Genital symptoms", THREE, testcd="HAMD114")
    hypochondriasis = Item("15 Hypochondriasis", FIVE, testcd="HAMD115")
    weight_history = Item("16A Loss of weight, by history", WEIGHT, testcd="HAMD116A", when=at_visit(*BY_HISTORY))
    weight_measured = Item("16B Loss of weight, measured", WEIGHT, testcd="HAMD116B", when=not_at_visit(*BY_HISTORY))
    insight = Item("17 Insight", THREE, testcd="HAMD117")

    never_both = (("weight_history", "weight_measured"),)
    total = Score(
        "Total, HAMD-17",
        low=0,
        high=52,
        testcd="HAMD118",
        of=[
            *(mood, guilt, suicide, insomnia_early, insomnia_middle, insomnia_late, work, retardation, agitation),
            *(anxiety_psychic, anxiety_somatic, somatic_gastrointestinal, somatic_general, genital, hypochondriasis),
            *(Either(weight_history, weight_measured), insight),
        ],
    )
    checks = (
        Check(
            "HAMD17-01",
            "Severe guilt without depressed mood: please confirm.",
            lambda r: not (r.guilt >= 3 and r.mood == 0),
        ),
        Check(
            "HAMD17-02",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
    )
