"""Clinical global impressions: severity at baseline, severity and improvement after (PROTOCOL 3 and 6)."""

from crf.spec import OPEN, Check, Form, Item, not_at_visit, scale
from crf.spec.people import RATERS, READERS_AND_RATERS
from crf.trials.dcs_trd import protocol


class CGI(Form):
    """The point of reference of improvement is baseline, so there is none at baseline."""

    code, title, domain, category = "CGI", "Clinical global impressions", "QS", "CGI"
    reference = "The past week; improvement since baseline"
    discloses = OPEN
    entered_by, read_by = RATERS, READERS_AND_RATERS
    rating = True
    languages = protocol.LANGUAGES

    severity = Item(
        "Severity of illness",
        scale(
            1,
            7,
            "Normal, not at all ill",
            "Borderline ill",
            "Mildly ill",
            "Moderately ill",
            "Markedly ill",
            "Severely ill",
            "Among the most extremely ill",
            not_assessed=0,
        ),
        testcd="CGI0201",
    )
    improvement = Item(
        "Change since baseline",
        scale(
            1,
            7,
            "Very much improved",
            "Much improved",
            "Minimally improved",
            "No change",
            "Minimally worse",
            "Much worse",
            "Very much worse",
            not_assessed=0,
        ),
        testcd="CGI0203",
        when=not_at_visit("BL"),
    )

    checks = (
        Check(
            "CGI-01",
            "Normal, not at all ill, yet worse than at baseline: please confirm.",
            lambda r: not (r.severity == 1 and r.improvement >= 5),
        ),
        Check(
            "CGI-02",
            "Among the most extremely ill, yet much improved: please confirm.",
            lambda r: not (r.severity == 7 and 1 <= r.improvement <= 2),
        ),
        Check(
            "CGI-03",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
    )

    typical = {"severity": "5", "improvement": "4"}
