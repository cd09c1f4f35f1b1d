"""The worker of the web server that waits for slow clients itself, so that they cost nobody a thread.

gunicorn's threaded worker gives each connection to a thread at once, and the thread then waits for what the client
sends. A few dozen connections that send nothing, or one byte a second, take all threads that way, and nobody else gets
a page. Here the loop that accepts connections gathers each request, TLS handshake included, and a thread is given only
what is complete: it parses, answers and is free again. Behind a proxy that buffers this changes nothing.
"""

import contextlib
import math
import re
import resource
import selectors
import socket
import ssl
import time
from collections.abc import Callable
from functools import partial

from gunicorn import http, sock
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

#: Seconds in which a request must have come, and bytes a second that a longer one must bring after that.
WITHIN, PACE = 20.0, 10_000
#: Seconds in which the client must take some of its answer.
TAKES_WITHIN = 60.0
#: Bytes of an answer that the system takes from a thread however slowly the client takes them, where it grants so many.
TAKEN_AT_ONCE = 1024 * 1024
#: Bytes of a head and of a body that are gathered; what says it is longer is refused by the application unread.
LONGEST_HEAD, LONGEST_BODY = 64 * 1024, 32 * 1024 * 1024
#: Bytes of all unfinished requests of one worker together.
GATHERED = 256 * 1024 * 1024
#: Open files that are not connections of clients: database, pipes, logs, what a page opens.
OTHER_FILES = 200
#: What one reading takes at most.
READ = 64 * 1024
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,4000})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
A_CHUNK = re.compile(rb"([0-9a-f]{1,8})[ \t]*(;[^\r\n]*)?", re.IGNORECASE)
CONTINUE = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
#: Seconds, bytes and connections in which the end of a client that was answered is awaited.
LEAVES_WITHIN, LEAVES_AFTER, LEAVING = 2.0, 64 * 1024, 100
TOO_SLOW, TOO_LONG = b"408 Request Timeout", b"431 Request Header Fields Too Large"


class Gathered(Unreader):
    """What was gathered, and then the end: no thread reads from a client."""

    def chunk(self, size_hint=None) -> bytes:
        return b""


class Arriving(TConn):
    """A connection with what has come of its next request."""

    def __init__(self, *args, leave: Callable[["Arriving"], None]):
        super().__init__(*args)
        self.leave = leave
        self.came = bytearray()
        self.head = 0  # its length, once it is complete
        self.body: int | None = 0  # the length it was said to have; None where it comes in chunks
        self.chunk = 0  # where the next one begins
        self.is_whole = True  # whether nothing of it is still under way when a thread is given it
        self.began, self.no_later = 0.0, math.inf
        self.said_since = 0  # bytes after it was answered for the last time
        self.shaken = not self.cfg.is_ssl
        self.data_ready = True  # whoever is given this need not wait

    def expect(self) -> None:
        self.head, self.body, self.is_whole, self.began = 0, 0, True, time.monotonic()

    @property
    def until(self) -> float:
        """Each byte that came gives its share of time; what was only announced gives none."""
        return min(self.began + WITHIN + len(self.came) / PACE, self.no_later)

    def shake(self) -> None:
        """As far as it goes; BlockingIOError or its TLS kin where the client must speak first."""
        if not isinstance(self.sock, ssl.SSLSocket):
            self.sock = sock.ssl_wrap_socket(self.sock, self.cfg)
            self.sock.setblocking(False)
        self.sock.do_handshake()
        self.shaken = True

    def read(self) -> bool:
        """What is there; False where the client has gone. BlockingIOError or its TLS kin when there is nothing yet."""
        if not self.shaken:
            self.shake()
        while True:
            some = self.sock.recv(READ)
            self.came += some
            if not some or self.is_complete() or len(self.came) > LONGEST_HEAD + LONGEST_BODY:
                return bool(some)

    def is_complete(self) -> bool:
        if not self.head:
            end = self.came.find(b"\r\n\r\n")
            if end < 0:
                return len(self.came) > LONGEST_HEAD
            self.head = end + 4
            head = bytes(self.came[: self.head])
            if CHUNKED.search(head):
                self.body, self.chunk = None, self.head
            elif said := LENGTH.search(head):
                self.body = int(said[1])
            if (self.body is None or self.body) and CONTINUE.search(head):
                self.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.body is None:
            self.is_whole = len(self.came) <= self.head + LONGEST_BODY
            return not self.is_whole or self.has_its_last_chunk()
        self.is_whole = self.body <= LONGEST_BODY
        return not self.is_whole or len(self.came) >= self.head + self.body

    def has_its_last_chunk(self) -> bool:
        """The parser itself would wait in a thread for the rest of one. What is no chunk, it refuses."""
        while True:
            line = self.came.find(b"\r\n", self.chunk)
            if line < 0:
                return len(self.came) - self.chunk > LONGEST_HEAD
            size = A_CHUNK.fullmatch(self.came, self.chunk, line)
            if not size:
                return True
            if not int(size[1], 16):
                return self.came.find(b"\r\n\r\n", line) >= 0
            following = line + 2 + int(size[1], 16) + 2
            if following > len(self.came):
                return False
            if self.came[following - 2 : following] != b"\r\n":
                return True
            self.chunk = following

    def close(self, graceful=False) -> None:
        """gunicorn's own graceful end waits two seconds for the client, in the loop that everybody's requests pass."""
        if graceful:
            self.leave(self)
        else:
            super().close()

    def say(self, words: bytes) -> None:
        with contextlib.suppress(OSError):
            self.sock.send(words)

    def refuse(self, status: bytes) -> None:
        self.say(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        with contextlib.suppress(OSError):  # what lies there unread would make the system take the answer back
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.recv(LONGEST_HEAD)

    def init(self) -> None:
        """In the thread: the parser begins with what was gathered."""
        if not self.initialized:
            self.initialized = True
            self.parser = http.get_parser(self.cfg, self.sock, self.client)
            self.parser.unreader = Gathered()
        self.sock.settimeout(TAKES_WITHIN)
        self.parser.unreader.unread(bytes(self.came))
        self.came = bytearray()


class PatientWorker(ThreadWorker):
    """Give a thread complete requests only; close what does not come within its time, oldest first when many wait."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files != resource.RLIM_INFINITY:
            self.worker_connections = max(2 * self.cfg.threads, min(self.worker_connections, files - OTHER_FILES))
        self.arriving: dict[int, Arriving] = {}  # by file number, in the order of their beginning
        self.leaving: dict[int, Arriving] = {}

    def accept(self, listener) -> None:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return
        with contextlib.suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, TAKEN_AT_ONCE)
        self.nr_conns += 1
        if self.arriving and self.nr_conns > self.worker_connections - 2 * self.cfg.threads:
            self.drop(next(iter(self.arriving.values())), TOO_SLOW)
        self.gather(Arriving(self.cfg, client, address, listener.getsockname(), leave=self.leave))

    def on_client_socket_readable(self, conn, client) -> None:
        """The next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.gather(conn)

    def gather(self, conn: Arriving) -> None:
        conn.sock.setblocking(False)
        conn.expect()
        self.arriving[conn.sock.fileno()] = conn
        self.poller.register(conn.sock.fileno(), selectors.EVENT_READ, partial(self.more_came, conn))

    def more_came(self, conn: Arriving, _file) -> None:
        try:
            has_come = conn.read()
        except (BlockingIOError, ssl.SSLWantReadError):
            self.listen_for(conn, selectors.EVENT_READ)
            if sum(len(one.came) for one in self.arriving.values()) > GATHERED:
                self.drop(max(self.arriving.values(), key=lambda one: len(one.came)), TOO_SLOW)
        except ssl.SSLWantWriteError:
            self.listen_for(conn, selectors.EVENT_WRITE)
        except OSError:  # TLS's own errors are such
            self.drop(conn)
        else:
            if not has_come:
                self.drop(conn)
            elif not conn.head:
                self.drop(conn, TOO_LONG)
            else:
                self.forget(conn)
                self.enqueue_req(conn)

    def listen_for(self, conn: Arriving, event: int) -> None:
        self.poller.modify(conn.sock.fileno(), event, partial(self.more_came, conn))

    def forget(self, conn: Arriving) -> None:
        self.poller.unregister(conn.sock.fileno())
        del self.arriving[conn.sock.fileno()]

    def drop(self, conn: Arriving, status: bytes = b"") -> None:
        self.forget(conn)
        if status and conn.shaken and conn.came:
            conn.refuse(status)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """gunicorn's loop calls this once a second, and once more in each round of a stop."""
        now = time.monotonic()
        for conn in [one for one in self.arriving.values() if one.until <= now]:
            self.drop(conn, TOO_SLOW)
        for conn in [one for one in self.leaving.values() if one.no_later <= now]:
            self.is_gone(conn)

    def leave(self, conn: Arriving) -> None:
        """It is answered: what it still sends is thrown away for a moment, or the system would take the answer back."""
        if len(self.leaving) >= LEAVING:
            self.is_gone(next(iter(self.leaving.values())))
        conn.no_later = time.monotonic() + LEAVES_WITHIN
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock.fileno(), selectors.EVENT_READ, partial(self.still_says, conn))
        except (OSError, ValueError):  # the client was first
            conn.close()
        else:
            self.leaving[conn.sock.fileno()] = conn

    def still_says(self, conn: Arriving, _file) -> None:
        try:
            some = conn.sock.recv(READ)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError:
            some = b""
        conn.said_since += len(some)
        if not some or conn.said_since > LEAVES_AFTER:
            self.is_gone(conn)

    def is_gone(self, conn: Arriving) -> None:
        self.poller.unregister(conn.sock.fileno())
        del self.leaving[conn.sock.fileno()]
        conn.close()

    def _keepalive_after(self, conn, keepalive) -> bool:
        """Nobody waits for the rest of a body that was refused unread."""
        return conn.is_whole and super()._keepalive_after(conn, keepalive)

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that stops waits no longer for what has not come than for the next request on a kept connection."""
        super()._cap_keepalive(deadline)
        for conn in self.arriving.values():
            conn.no_later = deadline
