"""The second programmer: every number of the final report made anew by another program, and compared."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from analysis.collect import datasets
from analysis.extract.archive import one_moment
from analysis.outputs import REHEARSAL_SEED
from analysis.reports import final, masking
from analysis.second import compared, programme
from crf import permissions
from crf.actions.export_log import note_export
from crf.models import Site, User
from crf.refusals import NotAllowed, Refusal
from trialsite.database.wall import seeing


class Command(BaseCommand):
    help = (
        "Make every number of the final report (or of its rehearsal with dummy arms) anew with R, from the exported "
        "data alone, and print how many agree, which differ and which are not covered. Example: "
        "manage.py second final --with r --by ada --purpose 'Before the report is signed'"
    )

    def add_arguments(self, parser):
        parser.add_argument("report", choices=("final", "rehearsal"))
        parser.add_argument("--with", choices=("r",), required=True, dest="program", help="the other program")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="for whom; rights are theirs")
        parser.add_argument("--purpose", required=True, help="what for: kept with the export")
        parser.add_argument("--program", type=Path, metavar="FILE", dest="file", help="keep the program in this file")

    def handle(self, *, report, program, by, purpose, file, **options):
        user = User.objects.filter(username=by, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody with an active account is called {by}.")
        is_final = report == "final"
        told = {"by": user, "what": f"{report} report, second program", "format": "r", "purpose": purpose}
        try:
            sites = _sites(user, is_final=is_final)
        except Refusal as refusal:
            note_export(**told, is_unblinded=is_final, was_refused=True)
            raise CommandError(refusal.sentence) from refusal
        with seeing(sites), one_moment():
            allocation = final.opened_list() if is_final else None
            collected, circumstances = datasets.collected(), datasets.circumstances()
            arms = (
                final.opened_arms(allocation)
                if is_final
                else masking.dummy_arms(collected.randomised, seed=REHEARSAL_SEED)
            )
        seed = None if is_final else REHEARSAL_SEED
        verified = final.verified_list() if is_final else None
        made = final.build(collected, circumstances, arms, allocation=allocation, verified=verified, seed=seed)
        note_export(**told, is_unblinded=is_final, was_refused=False)
        if file:
            shapes = [shape for shape, _ in programme.data(collected, arms)]
            file.write_text(programme.programme(made, shapes, name=file.name), encoding="utf-8")
        try:
            verdict = compared.compare(made, compared.run(made, collected, arms))
        except RuntimeError as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write("\n".join(verdict.lines()))
        if not verdict.agrees:
            raise CommandError("The second program does not agree with the report.")


def _sites(user: User, *, is_final: bool) -> list[int]:
    """The sites that the person may analyse: for the final report all of them, and the list is open."""
    permissions.require_anywhere(user, "unblinded report")
    sites = sorted(user.sites_as(*permissions.DEEDS["unblinded report"]))
    if is_final:
        if set(Site.objects.values_list("pk", flat=True)) - set(sites):
            raise NotAllowed("The unblinded report is about all sites, and this person's role covers only some.")
        final.require_open()
    return sites
