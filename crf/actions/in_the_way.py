"""What is noted beside a deed that nothing takes back any more: it may fail, and only the log says so."""

import logging

from django.db import transaction

log = logging.getLogger("ecrf.security")


class NeverInTheWay:
    """A block of writes, all kept or none, whose failure at its beginning, inside or at its end is logged.

    Not a generator: such a one could not go on where the transaction cannot even begin.
    """

    def __init__(self, what: str):
        self.what, self.atomic = what, None

    def __enter__(self):
        atomic = transaction.atomic()
        try:
            atomic.__enter__()
        except Exception:
            log.exception("%s: no transaction could begin", self.what)
        else:
            self.atomic = atomic

    def __exit__(self, kind, error, traceback) -> bool:
        try:
            if self.atomic is not None:
                self.atomic.__exit__(kind, error, traceback)
        except Exception as at_the_end:  # noqa: BLE001 - what was done before is done, whatever this is
            error = error or at_the_end
        if isinstance(error, Exception):
            log.error("%s could not be noted", self.what, exc_info=error)
        return error is None or isinstance(error, Exception)
