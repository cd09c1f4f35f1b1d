"""Hamilton's depression scale: 24 items collected once, three totals derived (PROTOCOL 6, TRIAL 6a).

The scale is in the public domain; the anchors are our own short words.
"""

from crf.spec import OPEN, Check, Either, Form, Item, Score, at_visit, not_at_visit, scale
from crf.spec.people import RATERS, READERS_AND_RATERS
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.rules import alerts
from crf.trials.dcs_trd.rules.weight import weight_hint

SEVENTEEN, TWENTY_ONE, TWENTY_FOUR = "Items 1 to 17", "Items 18 to 21", "Items 22 to 24"
HISTORY_VISITS = ("SCR", "BL")


class HAMD(Form):
    """Rated by the clinician. Covers the past week."""

    code, title, domain, category = "HAMD", "Hamilton Depression Rating Scale", "RS", "HAMD 21"
    reference = "The past week"
    catch = "Loss of weight is rated once: 16A from the history or 16B by weighing, never both."
    discloses = OPEN
    entered_by, read_by = RATERS, READERS_AND_RATERS
    carries_eligibility = True
    rating = True
    languages = protocol.LANGUAGES
    alerts = (alerts.of_hamd,)

    mood = Item(
        "1 Depressed mood",
        scale(
            0,
            4,
            "Absent",
            "Said only when asked",
            "Said unasked",
            "Seen in face, posture, voice or tears",
            "Hardly anything else is said or shown",
        ),
        testcd="HAMD201",
        section=SEVENTEEN,
    )
    guilt = Item(
        "2 Feelings of guilt",
        scale(
            0,
            4,
            "Absent",
            "Blames self, feels a let-down to others",
            "Dwells on guilt or past mistakes",
            "Illness felt as punishment, or delusion of guilt",
            "Accusing or threatening voices or images",
        ),
        testcd="HAMD202",
        section=SEVENTEEN,
    )
    suicide = Item(
        "3 Suicide",
        scale(
            0,
            4,
            "Absent",
            "Life felt not worth living",
            "Wishes to be dead, or thinks of own death",
            "Thinks of suicide, or gestures",
            "Attempt of suicide",
        ),
        testcd="HAMD203",
        section=SEVENTEEN,
    )
    insomnia_early = Item(
        "4 Insomnia, early",
        scale(0, 2, "Falls asleep easily", "Sometimes more than half an hour", "Trouble falling asleep every night"),
        testcd="HAMD204",
        section=SEVENTEEN,
    )
    insomnia_middle = Item(
        "5 Insomnia, middle",
        scale(0, 2, "Sleeps through", "Restless, disturbed at night", "Wakes at night and gets up"),
        testcd="HAMD205",
        section=SEVENTEEN,
    )
    insomnia_late = Item(
        "6 Insomnia, late",
        scale(0, 2, "No early waking", "Wakes early, sleeps again", "Wakes early for good"),
        testcd="HAMD206",
        section=SEVENTEEN,
    )
    work = Item(
        "7 Work and activities",
        scale(
            0,
            4,
            "No difficulty",
            "Feels tired or unable",
            "Lost interest, has to push self",
            "Does less, or is less productive",
            "Stopped work because of the illness",
        ),
        testcd="HAMD207",
        section=SEVENTEEN,
    )
    retardation = Item(
        "8 Retardation",
        scale(
            0,
            4,
            "Normal speech and thought",
            "Slightly slow in the interview",
            "Clearly slow in the interview",
            "Interview difficult",
            "Stupor",
        ),
        testcd="HAMD208",
        section=SEVENTEEN,
    )
    agitation = Item(
        "9 Agitation",
        scale(
            0,
            4,
            "None",
            "Fidgety",
            "Plays with hands or hair",
            "Moves about, cannot sit still",
            "Wrings hands, bites nails or lips, pulls hair",
        ),
        testcd="HAMD209",
        section=SEVENTEEN,
    )
    anxiety_psychic = Item(
        "10 Anxiety, psychic",
        scale(
            0,
            4,
            "None",
            "Tense and irritable",
            "Worries about small things",
            "Apprehension seen or heard",
            "Fears voiced without asking",
        ),
        testcd="HAMD210",
        section=SEVENTEEN,
    )
    anxiety_somatic = Item(
        "11 Anxiety, somatic",
        scale(0, 4, "None", "Mild", "Moderate", "Severe", "Disabling"),
        testcd="HAMD211",
        section=SEVENTEEN,
        help="Bodily signs of anxiety: mouth, gut, heart, breathing, bladder, sweating, headache",
    )
    somatic_gastrointestinal = Item(
        "12 Somatic symptoms, gastrointestinal",
        scale(0, 2, "None", "Poor appetite, eats unprompted", "Eats only when urged, or needs medicine for it"),
        testcd="HAMD212",
        section=SEVENTEEN,
    )
    somatic_general = Item(
        "13 Somatic symptoms, general",
        scale(0, 2, "None", "Heavy limbs, aches, little energy", "Any of these clear-cut"),
        testcd="HAMD213",
        section=SEVENTEEN,
    )
    genital = Item(
        "14 Genital symptoms",
        scale(0, 2, "None", "Mild", "Severe"),
        testcd="HAMD214",
        section=SEVENTEEN,
        help="Loss of sexual interest, menstrual disturbance",
    )
    hypochondriasis = Item(
        "15 Hypochondriasis",
        scale(
            0,
            4,
            "None",
            "Attends much to the body",
            "Preoccupied with health",
            "Complains often, seeks help",
            "Hypochondriacal delusions",
        ),
        testcd="HAMD215",
        section=SEVENTEEN,
    )
    weight_history = Item(
        "16A Loss of weight, by history",
        scale(0, 2, "None", "Probable, with this illness", "Definite, as told", not_assessed=3),
        testcd="HAMD216A",
        section=SEVENTEEN,
        when=at_visit(*HISTORY_VISITS),
    )
    weight_measured = Item(
        "16B Loss of weight, measured in the week",
        scale(0, 2, "Less than 0.5 kg", "0.5 to 1 kg", "More than 1 kg", not_assessed=3),
        testcd="HAMD216B",
        section=SEVENTEEN,
        when=not_at_visit(*HISTORY_VISITS),
    )
    insight = Item(
        "17 Insight",
        scale(
            0, 2, "Knows of being depressed and ill", "Knows of the illness, names another cause", "Denies being ill"
        ),
        testcd="HAMD217",
        section=SEVENTEEN,
    )
    diurnal = Item(
        "18A Diurnal variation",
        scale(0, 2, "None", "Worse in the morning", "Worse in the evening"),
        testcd="HAMD218A",
        section=TWENTY_ONE,
        help="A category: it enters no total",
    )
    diurnal_severity = Item(
        "18B Diurnal variation, severity",
        scale(0, 2, "None", "Mild", "Severe"),
        testcd="HAMD218B",
        section=TWENTY_ONE,
        when=diurnal.isin(1, 2),
    )
    depersonalisation = Item(
        "19 Depersonalisation and derealisation",
        scale(0, 4, "Absent", "Mild", "Moderate", "Severe", "Disabling"),
        testcd="HAMD219",
        section=TWENTY_ONE,
        help="Self or world feels unreal",
    )
    paranoid = Item(
        "20 Paranoid symptoms",
        scale(0, 3, "None", "Suspicious", "Ideas of reference", "Delusions of reference or persecution"),
        testcd="HAMD220",
        section=TWENTY_ONE,
    )
    obsessional = Item(
        "21 Obsessional and compulsive symptoms",
        scale(0, 2, "Absent", "Mild", "Severe"),
        testcd="HAMD221",
        section=TWENTY_ONE,
    )
    # The three added items: ranges and codes are our assumption; CDISC's HAMD 24 is another scale (TRIAL 7).
    helplessness = Item(
        "22 Helplessness",
        scale(
            0,
            4,
            "Absent",
            "Said only when asked",
            "Said unasked",
            "Needs urging to daily tasks",
            "Needs help with daily tasks",
        ),
        testcd="HAMDX22",
        section=TWENTY_FOUR,
    )
    hopelessness = Item(
        "23 Hopelessness",
        scale(
            0,
            4,
            "Absent",
            "Doubts improvement, can be reassured",
            "Feels hopeless, accepts reassurance",
            "Discouraged, no reassurance helps",
            "Says again and again that all is lost",
        ),
        testcd="HAMDX23",
        section=TWENTY_FOUR,
    )
    worthlessness = Item(
        "24 Worthlessness",
        scale(
            0,
            4,
            "Absent",
            "Self-esteem low when asked",
            "Low self-esteem said unasked",
            "Calls self no good or inferior",
            "Delusion of worthlessness",
        ),
        testcd="HAMDX24",
        section=TWENTY_FOUR,
    )

    _first_17: list[Item | Either] = [
        mood,
        guilt,
        suicide,
        insomnia_early,
        insomnia_middle,
        insomnia_late,
        work,
        retardation,
        agitation,
        anxiety_psychic,
        anxiety_somatic,
        somatic_gastrointestinal,
        somatic_general,
        genital,
        hypochondriasis,
        Either(weight_history, weight_measured),
        insight,
    ]
    _further_4: list[Item | Either] = [diurnal_severity, depersonalisation, paranoid, obsessional]
    total_17 = Score("Total, HAMD-17", of=_first_17, low=0, high=52, testcd="HAMDX17T")
    total_21 = Score("Total, HAMD-21", of=_first_17 + _further_4, low=0, high=63, testcd="HAMD222")
    total_24 = Score(
        "Total, HAMD-24",
        of=_first_17 + _further_4 + [helplessness, hopelessness, worthlessness],
        low=0,
        high=75,
        testcd="HAMDX24T",
    )

    never_both = (("weight_history", "weight_measured"),)
    checks = (
        Check(
            "HAMD-01",
            "Severe guilt without depressed mood: please confirm.",
            lambda r: not (r.guilt >= 3 and r.mood == 0),
        ),
        Check(
            "HAMD-02",
            "There is no diurnal variation (18A is 0), so its severity (18B) cannot be above 0.",
            lambda r: not (r.diurnal == 0 and r.diurnal_severity > 0),
            hard=True,
        ),
        Check(
            "HAMD-03",
            "Diurnal variation is present (18A), yet its severity (18B) is 0: please confirm.",
            lambda r: not (r.diurnal > 0 and r.diurnal_severity == 0),
        ),
        Check(
            "HAMD-04",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
        Check(
            "HAMD-05",
            "Stupor or a difficult interview together with marked agitation: please confirm.",
            lambda r: not (r.retardation >= 3 and r.agitation >= 3),
        ),
        Check(
            "HAMD-06",
            "Retardation or agitation rated by telephone, where it cannot be seen: please confirm.",
            lambda r: not (r.how == "PHONE" and (r.retardation > 0 or r.agitation > 0)),
        ),
        Check(
            "HAMD-07",
            "Hopelessness is marked without depressed mood: please confirm.",
            lambda r: not (r.hopelessness >= 3 and r.mood == 0),
        ),
    )

    analysis_only = ("HAMDX17T", "HAMDX24T")
    hints = {"weight_measured": weight_hint}
    short_under = protocol.SHORT_HAMD_MINUTES
    bands = {"total_17": ((0, "none"), (8, "mild"), (14, "moderate"), (19, "severe"), (23, "very severe"))}

    threshold_of = "total_21"

    @staticmethod
    def threshold(visit: str | None) -> int | None:
        """HAMD-21 decides on entry at screening and baseline."""
        return protocol.ENTRY.hamd_21 if visit in HISTORY_VISITS else None
