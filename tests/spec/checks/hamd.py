"""Hamilton's depression scale."""

from tests.spec.rows import clock, row

CHECKS = {
    "HAMD-01": {
        "passes": [row(guilt=3, mood=1), row(guilt=2, mood=0), row(guilt=3), row(mood=0)],
        "fails": [row(guilt=3, mood=0), row(guilt=4, mood=0)],
    },
    "HAMD-02": {
        "passes": [row(diurnal=0, diurnal_severity=0), row(diurnal=1, diurnal_severity=2), row(diurnal=0)],
        "fails": [row(diurnal=0, diurnal_severity=1), row(diurnal=0, diurnal_severity=2)],
    },
    "HAMD-03": {
        "passes": [
            row(diurnal=1, diurnal_severity=1),
            row(diurnal=2, diurnal_severity=2),
            row(diurnal=0),
            row(diurnal=0, diurnal_severity=0),
        ],
        "fails": [row(diurnal=1, diurnal_severity=0), row(diurnal=2, diurnal_severity=0)],
    },
    "HAMD-04": {
        "passes": [row(started=clock("10:00"), ended=clock("10:00"))],
        "fails": [row(started=clock("10:00"), ended=clock("09:59"))],
    },
    "HAMD-05": {
        "passes": [row(retardation=2, agitation=4), row(retardation=3, agitation=2), row(retardation=4)],
        "fails": [row(retardation=3, agitation=3), row(retardation=4, agitation=4)],
    },
    "HAMD-06": {
        "passes": [row(how="PHONE", retardation=0, agitation=0), row(how="VIDEO", retardation=1, agitation=1)],
        "fails": [row(how="PHONE", retardation=1, agitation=0), row(how="PHONE", retardation=0, agitation=1)],
    },
    "HAMD-07": {
        "passes": [row(hopelessness=2, mood=0), row(hopelessness=3, mood=1)],
        "fails": [row(hopelessness=3, mood=0), row(hopelessness=4, mood=0)],
    },
}
