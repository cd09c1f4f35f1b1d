"""Hamilton's anxiety scale, the second registered primary outcome (PROTOCOL 1 and 3). Public domain; own words."""

from crf.spec import OPEN, Check, Form, Item, Score, scale
from crf.spec.people import RATERS, READERS_AND_RATERS
from crf.trials.dcs_trd import protocol

DEGREES = scale(0, 4, "Absent", "Mild", "Moderate", "Severe", "Very severe")


class HAMA(Form):
    """Rated by the clinician. Covers the past week."""

    code, title, domain, category = "HAMA", "Hamilton Anxiety Rating Scale", "RS", "HAM-A"
    reference = "The past week"
    discloses = OPEN
    entered_by, read_by = RATERS, READERS_AND_RATERS
    rating = True
    languages = protocol.LANGUAGES

    anxious_mood = Item("1 Anxious mood", DEGREES, testcd="HAMA101", help="Worries, expects the worst, irritable")
    tension = Item("2 Tension", DEGREES, testcd="HAMA102", help="Cannot relax, startles, trembles, cries easily")
    fears = Item("3 Fears", DEGREES, testcd="HAMA103", help="Of the dark, strangers, being alone, crowds, traffic")
    insomnia = Item("4 Insomnia", DEGREES, testcd="HAMA104", help="Trouble falling or staying asleep, bad dreams")
    intellectual = Item("5 Intellectual", DEGREES, testcd="HAMA105", help="Poor concentration or memory")
    depressed_mood = Item("6 Depressed mood", DEGREES, testcd="HAMA106", help="Loss of interest, early waking")
    somatic_muscular = Item("7 Somatic, muscular", DEGREES, testcd="HAMA107", help="Aches, stiffness, twitching")
    somatic_sensory = Item("8 Somatic, sensory", DEGREES, testcd="HAMA108", help="Ringing ears, blurred sight")
    cardiovascular = Item("9 Cardiovascular symptoms", DEGREES, testcd="HAMA109", help="Racing heart, faintness")
    respiratory = Item("10 Respiratory symptoms", DEGREES, testcd="HAMA110", help="Chest pressure, choking, sighing")
    gastrointestinal = Item("11 Gastrointestinal symptoms", DEGREES, testcd="HAMA111", help="Nausea, pain, diarrhoea")
    genitourinary = Item("12 Genitourinary symptoms", DEGREES, testcd="HAMA112", help="Urgency, sexual change")
    autonomic = Item("13 Autonomic symptoms", DEGREES, testcd="HAMA113", help="Dry mouth, flushing, sweating")
    behaviour = Item("14 Behaviour at interview", DEGREES, testcd="HAMA114", help="Fidgety, strained, breathing fast")

    total = Score(
        "Total",
        low=0,
        high=56,
        testcd="HAMA115",
        of=[
            anxious_mood,
            tension,
            fears,
            insomnia,
            intellectual,
            depressed_mood,
            somatic_muscular,
            somatic_sensory,
            cardiovascular,
            respiratory,
            gastrointestinal,
            genitourinary,
            autonomic,
            behaviour,
        ],
    )

    checks = (
        Check(
            "HAMA-01",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
        Check(
            "HAMA-02",
            "Very severe fears without anxious mood: please confirm.",
            lambda r: not (r.fears == 4 and r.anxious_mood == 0),
        ),
        Check(
            "HAMA-03",
            "Behaviour rated by telephone, where it cannot be seen: please confirm.",
            lambda r: not (r.how == "PHONE" and r.behaviour > 0),
        ),
    )
