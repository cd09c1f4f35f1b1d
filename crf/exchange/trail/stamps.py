"""Time stamps of anchors by RFC 3161: an authority that is not ours says that a checkpoint was there at a time.

An option (ECRF_TSA, the authority's address). The whole answer of the authority stands beside the anchors, as
`stamps/SIZE.tsr`, a file for each checkpoint that has grown. Whoever holds the anchors verifies it without us:

    openssl ts -verify -data checkpoint -in stamps/SIZE.tsr -CAfile ROOTS.pem

An authority that is away stops no anchor: it is told, and asked again with the next.
"""

import hashlib
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, VerifierBuilder
from rfc3161_client import decode_timestamp_response as decoded

from crf.exchange.trail import verify_audit
from crf.exchange.trail.certificate_order import in_der_order

SECONDS = 20  # to wait for the authority
LARGEST = 100_000  # bytes of an answer
GRANTED = (0, 1)  # granted, granted with changes


class _Stays(urllib.request.HTTPRedirectHandler):
    """The authority that was agreed on answers, or nobody does."""

    def redirect_request(self, *args):
        return None


_STAYS = urllib.request.build_opener(_Stays)


class NotStamped(Exception):
    """There is no time stamp; the sentence says why."""


@dataclass(frozen=True)
class Authority:
    """Where time stamps are asked for, and the file of the roots that they must lead to (none: not looked at here)."""

    url: str
    roots: Path | None

    def stamp(self, note: str, folder: Path) -> Path:
        """Ask for a time stamp of the signed checkpoint and keep the answer, once a size. Raises NotStamped."""
        path = folder / "stamps" / f"{verify_audit.Checkpoint.read(note).size}.tsr"
        if path.exists():
            return path
        data = note.encode()
        wanted = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True)
        asked = wanted.cert_request(cert_request=True).build()
        answer = self._ask(asked.as_bytes())
        try:
            told = decoded(in_der_order(answer))
        except ValueError as error:
            raise NotStamped("The time stamp authority answered with something that is no time stamp.") from error
        if told.status not in GRANTED:
            raise NotStamped(f"The time stamp authority refused (status {told.status}).")
        if told.tst_info.message_imprint.message != hashlib.sha256(data).digest() or told.tst_info.nonce != asked.nonce:
            raise NotStamped("The time stamp authority stamped something else than what it was asked for.")
        if self.roots:
            self._verify(told, data, asked)
        path.parent.mkdir(exist_ok=True)
        beside = path.with_suffix(f".{secrets.token_hex(4)}")
        beside.write_bytes(answer)
        beside.rename(path)
        return path

    def _ask(self, query: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = urllib.request.Request(self.url, data=query, headers=headers)
        try:
            with _STAYS.open(request, timeout=SECONDS) as response:
                return response.read(LARGEST)
        except (urllib.error.URLError, OSError) as error:
            raise NotStamped(f"The time stamp authority did not answer: {error}.") from error

    def _verify(self, told, data: bytes, asked) -> None:
        """Against the roots that were agreed on with the authority."""
        builder = VerifierBuilder.from_request(asked)
        try:
            for root in load_pem_x509_certificates(self.roots.read_bytes()):
                builder = builder.add_root_certificate(root)
            builder.build().verify_message(told, data)
        except (VerificationError, ValueError, OSError) as error:
            raise NotStamped(f"The time stamp does not lead to the roots in {self.roots.name}: {error}.") from error
