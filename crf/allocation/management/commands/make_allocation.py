"""`manage.py make_allocation`: the randomisation statistician draws the list on another machine, without a database.

The file it writes is what `load_allocation --list-file` loads on the server. The seed stays with the statistician: the
same seed and definition give the same list, to the last sham message.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crf.allocation import declared, papers, schedule, shams


class Command(BaseCommand):
    help = "Draw the allocation list from a seed and write it to a file (0600). No database is touched."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--seed-file", type=Path, required=True, help="a file with the seed, kept by you")
        parser.add_argument("--list-file", type=Path, required=True, help="where the list is written (0600, UNBLINDS)")
        parser.add_argument("--kits", type=Path, help="packed kits: kit,arm; without it numbers are drawn")
        parser.add_argument(
            *("--block-size", "--block-sizes"),
            dest="block_sizes",
            type=int,
            nargs="+",
            metavar="SIZE",
            help="instead of the trial's own: one size is fixed, several are drawn from",
        )
        parser.add_argument("--places", type=int, help="places in each stratum, instead of the trial's own number")
        parser.add_argument("--packing-list", type=Path, help="write which kit holds which arm (0600, UNBLINDS)")
        parser.add_argument("--envelopes", type=Path, help="write sealed envelopes to print, as PDF (0600, UNBLINDS)")
        parser.add_argument("--summary", action="store_true", help="print counts by arm, to compare (UNBLINDS)")

    def handle(self, *, seed_file, list_file, kits, packing_list, envelopes, summary, **options):
        try:
            papers.refuse_existing(list_file, packing_list, envelopes)
            seed, shape = papers.read_seed(seed_file), declared.shape()
            shape |= {"block_sizes": options["block_sizes"]} if options["block_sizes"] else {}
            shape |= {"length": options["places"]} if options["places"] else {}
            places = schedule.draw(seed, **shape, kits=papers.read_kits(kits) if kits else None)
            planned = {name: shape[name] for name in ("strata", "arms", "block_sizes")}
            if found := schedule.mistakes_in(places, **planned, least=declared.least_places()):
                raise schedule.BadList("\n".join(found))
            share = declared.sham_act()
            papers.write_list(list_file, places, shams.drawn(seed, places, share) if share else {})
            if packing_list:
                papers.write_packing_list(packing_list, places)
            if envelopes:
                papers.write_envelopes(envelopes, places)
        except (schedule.BadList, papers.PaperTrouble) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Written: {list_file}. Carry it to the server, load it with --list-file, and delete it there."
        )
        if summary:
            self.stdout.write("UNBLINDS. Compare with your own summary:")
            for line in schedule.summary(places):
                self.stdout.write(f"  {line}")
