"""Time stamps of anchors (RFC 3161), by a real authority: `openssl ts` behind a small server of this machine."""

import contextlib
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.management import call_command
from rfc3161_client import decode_timestamp_response

from crf.actions import verify_record
from crf.exchange.trail import stamps, verify_audit
from crf.exchange.trail.certificate_order import in_der_order
from trialsite.operations import health

OPENSSL = shutil.which("openssl") or "/usr/bin/openssl"
CONFIG = """
[tsa]
default_tsa = one
[one]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


def certificate(name, key, issuer, issuer_key, *, stamps):
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    made = made.not_valid_after(now + timedelta(days=30))
    made = made.add_extension(x509.BasicConstraints(ca=not stamps, path_length=None), critical=True)
    if stamps:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    else:
        others = "content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only"
        usage = dict.fromkeys(others.split(), False)
        usage |= {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
        made = made.add_extension(x509.KeyUsage(**usage), critical=True)
    return made.sign(issuer_key, SHA256())


@pytest.fixture
def authority(tmp_path):
    """The authority's folder, with `root.pem`, and its address."""
    folder = tmp_path / "tsa"
    folder.mkdir()
    # The longer name makes the longer certificate, which comes last in DER; openssl writes the signer's own first.
    called = {"Root": "Root", "Middle": "Middle", "Stamps": "Stamps" * 10}
    names = {one: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)]) for one, word in called.items()}
    keys = {one: generate_private_key(SECP256R1()) for one in names}
    root = certificate(names["Root"], keys["Root"], names["Root"], keys["Root"], stamps=False)
    middle = certificate(names["Middle"], keys["Middle"], names["Root"], keys["Root"], stamps=False)
    stamps = certificate(names["Stamps"], keys["Stamps"], names["Middle"], keys["Middle"], stamps=True)
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "chain.pem").write_bytes(middle.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(stamps.public_bytes(Encoding.PEM))
    (folder / "tsa.key").write_bytes(keys["Stamps"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "serial").write_text("01")
    (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            words = "ts -reply -config openssl.cnf -queryfile query -out reply".split()
            subprocess.run([OPENSSL, *words], cwd=folder, check=True, capture_output=True)
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with contextlib.closing(server.socket):
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.every_trial
@pytest.mark.req("AUD-11")
@pytest.mark.req("AUD-18")
def test_an_anchor_is_stamped_by_an_authority_whose_failure_stops_nothing_and_is_told(
    db, authority, settings, tmp_path, capsys
):
    folder, settings.TSA = authority
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"
    settings.TSA_ROOTS = folder / "root.pem"
    call_command("anchor")
    assert capsys.readouterr().err == "" and health.stamps().state == health.WELL
    (stamp,) = (settings.ANCHORS / "stamps").iterdir()
    words = ["ts", "-verify", "-data", settings.ANCHORS / "checkpoint", "-in", stamp, "-CAfile", folder / "root.pem"]
    assert subprocess.run([OPENSSL, *words], capture_output=True, check=False).returncode == 0
    kept = stamp.read_bytes()
    assert in_der_order(kept) != kept, "kept as it came, with its chain out of order"
    assert sorted(in_der_order(kept)) == sorted(kept) and in_der_order(in_der_order(kept)) == in_der_order(kept)
    assert all(in_der_order(kept[:cut]) == kept[:cut] for cut in range(0, len(kept), 7)), "what is no answer stays"
    with pytest.raises(ValueError, match="InvalidSetOrdering"):
        decode_timestamp_response(kept)
    trail = verify_audit.Trail()
    verify_audit.read_anchors(settings.ANCHORS, trail, verify_record.anchors().key())
    assert (trail.stamps, trail.findings) == (1, [])
    checkpoints = settings.ANCHORS / "checkpoints.jsonl"
    stamp.rename(stamp.with_name("7.tsr"))  # a stamp of something else
    verify_audit.read_anchors(settings.ANCHORS, trail, None)
    assert [one for one in trail.findings if "7.tsr" in one]

    # Roots that were not agreed on; an authority that is away; one that answers nonsense: kept, and told.
    (tmp_path / "other.pem").write_bytes((folder / "tsa.pem").read_bytes())
    away = settings.TSA.rsplit(":", 1)[0] + ":9/"
    for url, roots, told in (
        (settings.TSA, tmp_path / "other.pem", "does not lead to the roots"),
        (away, folder / "root.pem", "did not answer"),
    ):
        settings.TSA, settings.TSA_ROOTS = url, roots
        before = checkpoints.stat().st_size
        call_command("anchor")
        assert checkpoints.stat().st_size > before
        assert told in capsys.readouterr().err
        assert health.stamps().state == health.WARNING


def test_an_authority_that_sends_elsewhere_is_not_followed():
    asked = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/inside")
            self.end_headers()

        def do_GET(self):
            self.do_POST()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        authority = stamps.Authority(f"http://127.0.0.1:{server.server_port}/", None)
        with pytest.raises(stamps.NotStamped, match="did not answer"):
            authority._ask(b"a query")
        server.shutdown()
    assert asked == ["/"]
