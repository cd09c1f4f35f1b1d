"""The export of the audit trail as an output (output_kinds.py): a long trail takes minutes."""

from crf import permissions
from crf.actions import export_trail
from crf.actions.output_kinds import Kind, data_mark, register
from crf.exchange.trail.export import FORMATS, NoParquet
from crf.models import AuditEntry, Subject
from crf.refusals import NotYet


@register
class TrailExport(Kind):
    """The trail, whole or of one subject, with its verifier; what would unblind is told by its commitment."""

    name = export_trail.WHAT
    deed = "export trail"
    is_personal = wants_fresh_sign_in = True
    asked = ("number", "format")

    def question(self, user, *, number, format):
        permissions.require_anywhere(user, self.deed)
        sites = user.sites_as(*permissions.DEEDS[self.deed])
        if not number:
            export_trail.require_all_sites(user)
        elif (subject := Subject.everything.filter(number=number, site_id__in=sites).first()) is None:
            raise NotYet(f"There is no subject {number} at your sites.")
        else:
            sites = {subject.site_id}
        return {"sites": sorted(sites), "number": number, "format": format}

    def title(self, question):
        of = f" of {question['number']}" if question["number"] else ""
        return f"Audit trail{of}, {FORMATS[question['format']]}"

    def make(self, output, folder, tell):
        number, format = output.question["number"], output.question["format"]
        subject = Subject.everything.select_related("site").get(number=number) if number else None
        tell(2, "reading the trail")
        of = AuditEntry.objects.filter(chain=f"subject:{subject.pk}") if subject else AuditEntry.objects
        count = max(of.count(), 1)
        file = folder / f"audit-trail{f'-{number}' if number else ''}-{format}.zip"
        try:
            export_trail.write(
                file,
                by=output.asked_by,
                purpose=output.purpose,
                format=format,
                subject=subject,
                tell=lambda done: tell(5 + 90 * min(done, count) // count, f"wrote {done} events"),
            )
        except NoParquet as missing:
            raise NotYet(str(missing)) from missing
        return [file]

    def mark(self):
        return data_mark(whole_trail=True)

    def logged_as(self, output):
        number = output.question["number"]
        return f"{self.name}, {f'subject {number}' if number else 'whole trail'}"

    def handed_out_as(self, file):
        return file["name"].removesuffix(".zip").rpartition("-")[2], file["type"]
