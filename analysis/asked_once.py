"""What is asked once a session before something unblinded is shown: for what, or for which meeting.

The answer is kept in the session and goes onto the record with every page and file.
"""

from dataclasses import dataclass

from django.shortcuts import redirect

from crf.views.asking import Reason, asked, posted


@dataclass(frozen=True)
class AskedOnce:
    """A question with its page. `name` is the session's word for the answer."""

    name: str
    label: str
    template: str

    def answered(self, request) -> str:
        """What was answered in this session; empty where it was not asked yet."""
        return request.session.get(self.name, "")

    def page(self, request, crumbs: list[dict]):
        """The question; once it is answered, the page that wanted it."""

        def deed(answers):
            request.session[self.name] = answers["reason"]
            return redirect(request.path)

        form = Reason(posted(request), label=self.label)
        return asked(request, self.template, {"crumbs": crumbs}, form, deed)


PURPOSE = AskedOnce("unblinded_report_purpose", "What do you need the unblinded report for?", "analysis/purpose.html")
MEETING = AskedOnce(
    "monitoring_report_meeting", "For which meeting of the committee is it made?", "analysis/meeting.html"
)
