"""The investigator's page for the abnormal values of a laboratory report: a choice each, and one signature."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.shortcuts import redirect

from crf.actions import judge as deeds
from crf.chart.blood_states import FLAGS
from crf.chart.judgements import abnormal, judgement_of
from crf.chart.signed_content import content_of
from crf.rules.laboratory import FORM, name_of
from crf.shown.panel import in_limits
from crf.views.asking import asked
from crf.views.desk import Desk


def judge(request, number, visit):
    """The abnormal values of the visit's report."""
    desk = Desk(request, number, visit, FORM.code, 1)
    desk.page.require("sign")
    return _judge(request, desk)


@reauthentication_required
def _judge(request, desk: Desk):
    subject, visit = desk.subject, desk.visit
    records = list(abnormal(subject, visit))

    def deed(_):
        given = {record.pk: request.POST.get(f"judgement-{record.pk}", "") for record in records}
        deeds.judge(
            subject=subject, visit=visit, judgements=given, shown_sha256=request.POST.get("shown", ""), by=request.user
        )
        messages.success(request, f"You judged and signed the abnormal laboratory values of {visit.label.lower()}.")
        return redirect(subject)

    rows = []
    for record in records:
        signed = judgement_of(record)
        chosen = request.POST.get(f"judgement-{record.pk}") or (record.significant if signed else "")
        rows.append(
            {
                "record": record,
                "name": name_of(record.analyte),
                "flag": FLAGS[record.flag],
                "signed": signed,
                "result": f"{record.form.items['result'].kind.show(record.result)} {record.unit}",
                "chosen": chosen,
                "limits": in_limits(record.lower_limit, record.upper_limit),
            }
        )
    context = desk.page.context(
        "Judge laboratory values",
        visit=visit,
        rows=rows,
        meaning=deeds.MEANING,
        shown=content_of(subject, visit=visit, form=FORM).sha256,
        is_judged=bool(rows) and all(row["signed"] and row["record"].significant for row in rows),
    )
    return asked(request, "crf/judge.html", context, None, deed)
