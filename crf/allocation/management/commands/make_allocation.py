"""`manage.py make_allocation`: the randomisation statistician draws the list on another machine, without a database.

The file it writes is what `load_allocation --list-file` loads on the server. The seed stays with the statistician: the
same seed and definition give the same list, to the last sham message.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crf.allocation import declared, list_on_paper, papers, schedule, shams


class Command(BaseCommand):
    help = "Draw the allocation list from a seed and write it to a file (0600). No database is touched."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--seed-file", type=Path, required=True, help="a file with the seed, kept by you")
        parser.add_argument("--list-file", type=Path, required=True, help="where the list is written (0600, UNBLINDS)")
        list_on_paper.ask(parser)

    def handle(self, *, seed_file, list_file, kits, packing_list, envelopes, summary, **options):
        try:
            papers.refuse_existing(list_file, packing_list, envelopes)
            seed, shape = papers.read_seed(seed_file), declared.shape()
            shape |= {"block_sizes": options["block_sizes"]} if options["block_sizes"] else {}
            shape |= {"length": options["places"]} if options["places"] else {}
            places = schedule.draw(seed, **shape, kits=papers.read_kits(kits) if kits else None)
            if found := list_on_paper.mistakes_in(places, shape):
                raise schedule.BadList("\n".join(found))
            share = declared.sham_act()
            papers.write_list(list_file, places, shams.drawn(seed, places, share) if share else {})
            list_on_paper.write(places, packing_list=packing_list, envelopes=envelopes)
        except (schedule.BadList, papers.PaperTrouble) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Written: {list_file}. Carry it to the server, load it with --list-file, and delete it there."
        )
        if summary:
            list_on_paper.print_summary(self.stdout.write, places)
