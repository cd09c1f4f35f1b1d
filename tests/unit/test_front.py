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
from types import SimpleNamespace

import pytest

from tests.starter import a_free_port
from trialsite import front as front_of

REPOSITORY = Path(__file__).resolve().parents[2]
HOST = "Host: localhost\r\n"
SMUGGLED = f"GET /smuggled HTTP/1.1\r\n{HOST}\r\n"
#: What stands after the first line and the host, so that two readers might see two ends. All are refused.
AMBIGUOUS = {
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n",
    "two lengths in one": f"Content-Length: 0, {len(SMUGGLED)}\r\n\r\n",
    "a length, then chunks": f"Content-Length: {len(SMUGGLED) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks, then a length": "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "an unknown coding": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a blank before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a control character": "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "two codings": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a signed length": "Content-Length: +0\r\n\r\n",
    "a negative length": "Content-Length: -1\r\n\r\n",
    "a length in hex": "Content-Length: 0x0\r\n\r\n",
    "a chunk in hex": "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
    "a negative chunk": "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a chunk that ends elsewhere": "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    "half a line's end in a chunk": "Transfer-Encoding: chunked\r\n\r\n0;a\nb\r\n\r\n",
    "half a line's end in the head": "X: a\nContent-Length: 0\r\n\r\n",
    "a folded line": f"X: a\r\n Content-Length: {len(SMUGGLED)}\r\n\r\n",
    "a NUL": "X: a\x00b\r\n\r\n",
    "two hosts": "Host: elsewhere.example\r\n\r\n",
}
ECHO = """
def application(environ, start_response):
    said = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"a" * 300_000 if environ["PATH_INFO"] == "/long" else str(len(said)).encode()]
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


def sent(front, words: str) -> list[bytes]:
    """The states of all answers until the server has no more to say or closes; each must come within five seconds."""
    with front[1].wrap_socket(socket.create_connection(("localhost", front[0]), 5), server_hostname="localhost") as one:
        one.sendall(words.encode("latin-1"))
        came = b""
        with contextlib.suppress(ConnectionResetError, ssl.SSLError):
            while some := one.recv(65536):
                came += some
        return re.findall(rb"HTTP/1\.1 (\d+)", came)


def desk(front) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("localhost", front[0], context=front[1], timeout=10)


def connected(stack: contextlib.ExitStack, front) -> ssl.SSLSocket:
    """A client that says what it likes, until the stack ends."""
    plain = stack.enter_context(socket.create_connection(("localhost", front[0]), 5))
    return stack.enter_context(front[1].wrap_socket(plain, server_hostname="localhost"))


def others_are_answered(front) -> None:
    """Three who come one after the other, in less time than one thread that waits would keep them."""
    began = time.monotonic()
    for _ in range(3):
        one = desk(front)
        one.request("GET", "/")
        assert one.getresponse().read() == b"0"
        one.close()
    assert time.monotonic() - began < 4


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


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_what_two_readers_could_end_at_two_places_is_refused_at_once_and_nothing_after_it_is_read(front, kind):
    assert sent(front, f"POST / HTTP/1.1\r\n{HOST}{AMBIGUOUS[kind]}{SMUGGLED}") in ([b"400"], [b"501"])


@pytest.mark.finding("F-811")
@pytest.mark.parametrize(
    "words",
    ["Transfer-Encoding: chunked\r\n\r\nffff\r\n0\r\n\r\n", "Content-Length: 40000000\r\n\r\n"]
    + [f"Content-Length: {'9' * 30}\r\n\r\n"],
    ids=["a chunk that looks like the last", "more than is gathered", "more than anybody has"],
)
def test_nobody_waits_in_a_thread_for_a_body_that_does_not_come(front, words):
    with contextlib.ExitStack() as waiting:
        for _ in range(8):
            connected(waiting, front).sendall(f"POST / HTTP/1.1\r\n{HOST}{words}".encode())
        others_are_answered(front)  # both threads would wait five seconds and more


def test_time_is_given_for_what_came_and_not_for_what_was_announced():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        one = front_of.Arriving(SimpleNamespace(is_ssl=False), ours, None, None, leave=None)
        one.expect()
        theirs.sendall(b"POST / HTTP/1.1\r\nContent-Length: 30000000\r\n\r\n")
        with contextlib.suppress(BlockingIOError):
            one.read()
        assert one.until - one.began < front_of.WITHIN + 0.1
        theirs.sendall(b"a" * 50_000)
        with contextlib.suppress(BlockingIOError):
            one.read()
        assert 4.9 < one.until - one.began - front_of.WITHIN < 5.1


@pytest.mark.finding("F-811")
def test_whoever_was_answered_and_stays_keeps_nobody_from_an_answer(front):
    """They were told that the connection is over, and do not close their end of it."""
    with contextlib.ExitStack() as staying:
        for _ in range(30):
            connected(staying, front).sendall(f"GET / HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode())
        others_are_answered(front)


@pytest.mark.finding("F-811")
def test_whoever_does_not_take_the_answer_keeps_nobody_from_theirs(front):
    with contextlib.ExitStack() as staying:
        for _ in range(8):
            one = staying.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("localhost", front[0]))
            one = staying.enter_context(front[1].wrap_socket(one, server_hostname="localhost"))
            one.sendall(f"GET /long HTTP/1.1\r\n{HOST}\r\n".encode())
        others_are_answered(front)
