"""How many events of an exported trail the verifier reads in a second, and how that compares with hashing alone.

PYTHONPATH=. python tests/unit/bench_verify_audit.py
"""

import hashlib
import json
import tempfile
import time
from pathlib import Path

from crf.exchange.trail import verify_audit

MANY = 60_000


def written(path: Path) -> None:
    """One chain of MANY saves of a form with 26 items."""
    changes = {f"item_{number:02}": [None, number] for number in range(26)}
    before, digest = b"", hashlib.sha256()
    with open(path, "wb") as file:
        for number in range(1, MANY + 1):
            told = {"format": 2, "chain": "study", "sequence": number, "at": "2026-03-02T09:15:27.123456Z"}
            body = json.dumps(told | {"table": "crf_form_hamd", "reason": "", "changes": changes}).encode()
            before = verify_audit.next_hash(before, body)
            line = b'{"hash":"%b","body":%b}\n' % (before.hex().encode(), body)
            digest.update(line)
            file.write(line)
        head = b'{"head":"study","sequence":%d,"hash":"%b"}\n' % (MANY, before.hex().encode())
        digest.update(head)
        file.write(head)
        file.write(b'{"end":true,"events":%d,"sha256":"%b"}\n' % (MANY, digest.hexdigest().encode()))


def best_of_three(work) -> float:
    took = []
    for _ in range(3):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trail.jsonl"
        written(path)
        assert verify_audit.verify(path).findings == []
        verifying = best_of_three(lambda: verify_audit.verify(path))
        hashing = best_of_three(lambda: hashlib.sha256(path.read_bytes()).digest())
    print(f"{MANY / verifying:,.0f} events a second; {verifying / hashing:.1f} times the hash of the file alone")


if __name__ == "__main__":
    main()
