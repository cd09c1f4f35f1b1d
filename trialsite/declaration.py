"""A definition of a trial that cannot be read: said in a sentence, before any page or table is asked for."""

import importlib
import traceback
from pathlib import Path


class CannotBeServed(Exception):
    """A sentence for whoever starts the server or runs a command: what is wrong with the definition, and where."""


def read() -> None:
    """Read the served trial's definition. Raises CannotBeServed with a sentence where it contradicts itself."""
    from crf.spec.kinds import DeclarationError

    try:
        importlib.import_module("crf.trial")
    except DeclarationError as refused:
        raise CannotBeServed(f"{refused}{place(refused)}") from refused
    except Exception as trouble:  # a definition is Python: what it says wrong is said with its place
        at = place(trouble)
        if not at:
            raise  # not in the trial's folder: a fault of the program
        raise CannotBeServed(f"{type(trouble).__name__}: {trouble}{at}") from trouble


def place(trouble: Exception) -> str:
    """The last line of a trial's folder that was on the way to the trouble."""
    frames = [frame for frame in traceback.extract_tb(trouble.__traceback__) if "/crf/trials/" in frame.filename]
    if isinstance(trouble, SyntaxError) and trouble.filename and "/crf/trials/" in trouble.filename:
        return f" ({shown(trouble.filename)}, line {trouble.lineno})"
    return f" ({shown(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""


def shown(filename: str) -> str:
    return str(Path("crf/trials") / filename.split("/crf/trials/", 1)[1])
