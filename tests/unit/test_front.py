"""The front of the web server over TLS, as where no proxy stands before it: gathered, answered, closed in time."""

import contextlib
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.starter import a_free_port

REPOSITORY = Path(__file__).resolve().parents[2]
ECHO = """
def application(environ, start_response):
    said = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(said)).encode()]
"""


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """One worker with two threads over an application that says how long the body was: its port, and a context."""
    folder = tmp_path_factory.mktemp("front")
    (folder / "echo.py").write_text(ECHO)
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem"]
    subprocess.run([*words, "-out", "cert.pem"], cwd=folder, check=True, capture_output=True)
    port = a_free_port()
    words = [sys.executable, "-m", "gunicorn", "echo", "--chdir", str(folder), "--bind", f"127.0.0.1:{port}"]
    words += ["--worker-class", "trialsite.front.PatientWorker", "--threads", "2", "--no-control-socket"]
    words += ["--certfile", str(folder / "cert.pem"), "--keyfile", str(folder / "key.pem"), "--log-level", "error"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as server:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port, ssl.create_default_context(cafile=folder / "cert.pem"), server
        server.terminate()
        assert not re.search("Error|Traceback", server.stderr.read())


def desk(front) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("localhost", front[0], context=front[1], timeout=10)


def test_what_comes_in_pieces_over_tls_is_given_to_the_application_whole(front):
    one = desk(front)
    for body in (b"", b"a" * 300_000, iter([b"b" * 100, b"c" * 50_000])):  # the last one in chunks without a length
        one.request("POST", "/", body)
        length = one.getresponse().read()
        assert length in (b"0", b"300000", b"50100")
    assert length == b"50100"
    one.close()


@pytest.mark.finding("F-811")
def test_a_handshake_that_is_never_ended_keeps_nobody_from_an_answer_and_ends_with_the_worker(front):
    with contextlib.ExitStack() as silent:
        for number in range(40):
            one = silent.enter_context(socket.create_connection(("127.0.0.1", front[0])))
            one.sendall(b"\x16\x03\x01"[: number % 4])
        for _ in range(3):
            one = desk(front)
            one.request("GET", "/")
            assert one.getresponse().status == 200
            one.close()
        nonsense = silent.enter_context(socket.create_connection(("127.0.0.1", front[0]), timeout=10))
        nonsense.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert nonsense.recv(100)[:3] != b"HTT"  # refused, not served in the clear
        front[2].send_signal(signal.SIGHUP)  # a new worker takes over; the old one does not wait for the silent
        time.sleep(0.5)
        one = desk(front)
        one.request("GET", "/")
        assert one.getresponse().read() == b"0"
