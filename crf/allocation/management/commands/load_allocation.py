"""`ECRF_ROLE=owner manage.py load_allocation`: the randomisation statistician draws, seals and loads the list.

Run outside the web process. What it prints tells neither arms nor block size, unless --summary asks for them.
"""

import getpass
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from crf.allocation import custody, declared, list_on_paper, load, papers, schedule, sealing, shams
from crf.allocation.refusals import SealedRoomRefusal

COPIES = 2


class Command(BaseCommand):
    help = "Draw the allocation list from a seed (or read one), seal it, load it, and print its commitment."

    def add_arguments(self, parser):
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--seed-file", type=Path, help="a file with the seed, kept by the statistician")
        source.add_argument("--list-file", type=Path, help="a list made elsewhere: stratum,sequence,block,kit,arm")
        list_on_paper.ask(parser)
        parser.add_argument("--sham-messages", type=Path, help="write the list of sham messages (0600)")
        parser.add_argument("--replace", action="store_true", help="discard a loaded list of which nothing was given")
        parser.add_argument("--by", default=None, help="who loads it; without it, the account's name")
        parser.add_argument("--custodian-copies", type=Path, metavar="DIR", help="write two wrapped copies of the key")

    def handle(self, *, seed_file, list_file, custodian_copies, **options):
        if not (seed_file or list_file or custodian_copies):
            raise CommandError("Say where the list comes from: --seed-file or --list-file.")
        try:
            if seed_file or list_file:
                self.load(seed_file, list_file, options)
            if custodian_copies:
                self.write_copies(custodian_copies)
        except (SealedRoomRefusal, schedule.BadList, sealing.KeyTrouble, papers.PaperTrouble) as refused:
            raise CommandError(str(refused)) from refused

    def load(self, seed_file, list_file, options):
        papers.refuse_existing(options["packing_list"], options["envelopes"], options["sham_messages"])
        shape = declared.shape()
        for name, option in (("block_sizes", "block_sizes"), ("length", "places")):
            if options[option] and options[option] != shape[name]:
                shape[name] = options[option]
                self.stdout.write(f"Not as the trial declares: --{option.replace('_', '-')} of the command line holds.")
        if seed_file:
            kits = papers.read_kits(options["kits"]) if options["kits"] else None
            seed = papers.read_seed(seed_file)
            places = schedule.draw(seed, **shape, kits=kits)
            generator, parameters = schedule.GENERATOR, {**shape, "kits": "packed" if kits else "drawn"}
        else:
            seed, places = secrets.token_hex(32), papers.read_list(list_file)  # it has no seed that we know
            generator = "made elsewhere"
            parameters = {**{name: shape[name] for name in ("strata", "arms", "block_sizes")}, "kits": "in the list"}
        self.check_list(places, shape)
        rows = self.shams(seed, places, parameters, papers.read_shams(list_file) if list_file else {})
        by = options["by"] or getpass.getuser()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                root = load.load(
                    cursor,
                    places,
                    self.key,
                    generator=generator,
                    parameters=parameters,
                    by=by,
                    replace=options["replace"],
                    shams=rows,
                )
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", None) == "42501":
                raise CommandError("Only the owner loads it: ECRF_ROLE=owner manage.py load_allocation ...") from None
            raise
        if options["sham_messages"]:
            papers.write_shams(options["sham_messages"], rows)
        list_on_paper.write(places, packing_list=options["packing_list"], envelopes=options["envelopes"])
        self.tell(places, root, options["summary"])

    def check_list(self, places, shape):
        if found := list_on_paper.mistakes_in(places, shape):
            raise schedule.BadList("The list was not loaded.\n" + "\n".join(found))

    def shams(self, seed, places, parameters, brought) -> dict[str, str]:
        """The sham messages, made together with the list, by `make_allocation` or here; none in a trial whose sites are
        told nothing of levels."""
        share = declared.sham_act()
        if share is None:
            return {}
        parameters["sham_act"] = str(share)
        return brought or shams.drawn(seed, places, share)

    def key(self) -> bytes:
        path = Path(settings.ARM_KEY_FILE)
        if path.exists():
            return sealing.read_key(path)
        self.stdout.write(f"A new arm key was made: {path}. Keep it out of every backup of the database.")
        return sealing.create_key(path)

    def tell(self, places, root, with_summary):
        self.stdout.write(f"The list is loaded and verified: {len({place.stratum for place in places})} strata.")
        self.stdout.write(f"Commitment (print it, keep it): {root}")
        if with_summary:
            list_on_paper.print_summary(self.stdout.write, places)

    def write_copies(self, folder: Path):
        key = sealing.read_key(Path(settings.ARM_KEY_FILE))
        for number in range(1, COPIES + 1):
            passphrase = getpass.getpass(f"Passphrase of custodian {number}: ")
            if getpass.getpass("Again: ") != passphrase:
                raise CommandError("The two passphrases differ; no copy was written for this custodian.")
            path = folder / f"custodian-{number}.json"
            custody.write_copy(path, key, passphrase)
            self.stdout.write(f"Written: {path}")
        self.stdout.write(custody.INSTRUCTIONS)
