"""`make witness-drill`: does a witness refuse a history that was rolled back, forked or rewritten, though well signed?

It plays over the anchors of this installation where there are some, copied and signed by a key of the drill's own: the
real key signs nothing here. The witness is the very script that is handed to sites, run as they run it.
"""

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from crf.exchange.trail.anchors import Anchors

WITNESS = Path(__file__).resolve().parents[2] / "crf" / "exchange" / "trail" / "witness.py"
#: Heads of chains: name -> event and hash.
Heads = dict[str, tuple[int, bytes]]


def main(words: list[str]) -> int:
    """Play the four histories; 0 when the witness signs the honest one and refuses the others."""
    real = Path(words[0]) if words else None
    with tempfile.TemporaryDirectory() as room:
        place = Anchors(Path(room) / "anchors", Path(room) / "drill.key", "witness-drill.invalid/audit-trail")
        heads = _of(real) or {"study": (3, _hash("a")), "subject:1": (5, _hash("b"))}
        whose = "the anchors of this installation" if real and _of(real) else "a history made up for it"
        print(f"Played over {whose}: {len(heads)} chains.")
        _append(place, heads)
        yesterday, today = Path(room) / "yesterday", _gone_on(heads, "today")
        shutil.copytree(place.folder, yesterday)
        _append(place, today)
        results = [_told(place, "goes on", "witnessed", 0)]
        _put_back(place, yesterday)
        results.append(_told(place, "rolled back to yesterday", "Rolled back", 1))
        other = heads
        for number in range(3):
            other = _gone_on(other, f"other {number}")
            _append(place, other)
        results.append(_told(place, "forked yesterday", "Forked or rewritten", 1))
        shutil.rmtree(place.folder)
        rewritten = {name: (sequence, _hash(f"{name} rewritten")) for name, (sequence, _) in today.items()}
        for extra in range(3):
            _append(place, rewritten := rewritten | {f"more:{extra}": (1, _hash(str(extra)))})
        results.append(_told(place, "rewritten from the first event", "Forked or rewritten", 1))
    print("The witness holds." if all(results) else "THE WITNESS DOES NOT HOLD.")
    return 0 if all(results) else 1


def _told(place: Anchors, what: str, word: str, status: int) -> bool:
    command = [sys.executable, WITNESS, place.folder, "--state", place.folder.parent / "witness.json"]
    ran = subprocess.run([*command, "--key", str(place.key())], capture_output=True, text=True, check=False)
    is_right = ran.returncode == status and word in ran.stdout + ran.stderr
    print(f"{'as it should' if is_right else 'WRONG       '}  {what}: {(ran.stdout + ran.stderr).strip()}")
    return is_right


def _of(folder: Path | None) -> Heads:
    """The newest anchored head of each chain of an installation."""
    found: Heads = {}
    if folder and (folder / "leaves").exists():
        for leaf in (folder / "leaves").read_text().splitlines():
            name, sequence, value = leaf.rsplit(" ", 2)
            found[name] = (int(sequence), bytes.fromhex(value))
    return found


def _append(place: Anchors, heads: Heads) -> None:
    place.append([(name, *head) for name, head in heads.items()], at=datetime.now(UTC))


def _gone_on(heads: Heads, told: str) -> Heads:
    """One more event in the first chain."""
    name, (sequence, _) = next(iter(heads.items()))
    return heads | {name: (sequence + 1, _hash(told))}


def _put_back(place: Anchors, yesterday: Path) -> None:
    shutil.rmtree(place.folder)
    shutil.copytree(yesterday, place.folder)


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
