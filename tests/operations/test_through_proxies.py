"""What is ambiguous, forged or too long, sent through the samples for nginx and Caddy: refused, or it does no harm.

Behind each proxy the shipped gunicorn serves an application that tells what it was given. After each case somebody else
asks, over a connection of their own, and must be given their own answer: proxies keep connections to gunicorn.
"""

import contextlib
import json
import re
import socket
import ssl
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.operations.test_deploy import DEPLOY, HOST, REPOSITORY, clean_environment, needs, nginx, started
from tests.starter import a_free_port

ECHO = """
import json
def application(environ, start_response):
    read = len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "application/json")])
    told = {name: said for name, said in environ.items() if isinstance(said, str)}
    return [json.dumps(told | {"read": read}).encode()]
"""
TO = f"Host: {HOST}\r\n"
SMUGGLED = f"GET /smuggled HTTP/1.1\r\n{TO}\r\n"
LONGER = len(SMUGGLED) + 5  # than the end of a body in chunks


def post(headers: str, body: str = "") -> str:
    return f"POST / HTTP/1.1\r\n{TO}{headers}\r\n{body}"


def get(path: str, headers: str = "") -> str:
    return f"GET {path} HTTP/1.1\r\n{TO}{headers}\r\n"


IN_CHUNKS = "Transfer-Encoding: chunked\r\n"
#: Both proxies refuse these.
REFUSED = {
    "two codings": post(f"{IN_CHUNKS}Transfer-Encoding: x\r\n", f"0\r\n\r\n{SMUGGLED}"),
    "an unknown coding": post(f"Content-Length: {LONGER}\r\nTransfer-Encoding: xchunked\r\n", f"0\r\n\r\n{SMUGGLED}"),
    "a blank before the colon": post(f"Content-Length: {LONGER}\r\nTransfer-Encoding : chunked\r\n", SMUGGLED),
    "two lengths": post(f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n", SMUGGLED),
    "two lengths in one": post(f"Content-Length: 0, {len(SMUGGLED)}\r\n", SMUGGLED),
    "a signed length": post(f"Content-Length: +{len(SMUGGLED)}\r\n", SMUGGLED),
    "half a line's end": post(f"X: a\rContent-Length: {len(SMUGGLED)}\r\n", SMUGGLED),
    "a NUL in a header": post("X: a\0b\r\nContent-Length: 0\r\n"),
    "two hosts": post("Host: elsewhere.example\r\nContent-Length: 0\r\n"),
    "no host": "GET / HTTP/1.1\r\n\r\n",
    "a host of two words": f"GET / HTTP/1.1\r\nHost: {HOST} elsewhere\r\n\r\n",
    "a blank in a header's name": get("/", "X Forwarded For: 192.0.2.6\r\n"),
    "a header of 100,000 bytes": get("/", f"X: {'a' * 100_000}\r\n"),
    "a hundred headers": get("/", "".join(f"X-{number}: a\r\n" for number in range(100))),
    "an address of 3,000 bytes": get("/" + "a" * 3000),
    "a path that is none": get("x"),
    "a NUL in a path": get("/\0"),
    "HTTP/2.0 in words": f"GET / HTTP/2.0\r\n{TO}\r\n",
    **{f"figures by {path}": get(path) for path in ("/metrics", "//metrics", "/%6detrics", "/a/%2e%2e/metrics?x")},
    "figures by a whole address": get(f"http://{HOST}/metrics"),
}
#: These may be answered; what the application was given is looked at.
HARMLESS = {
    "a length and chunks": post(f"Content-Length: {LONGER}\r\n{IN_CHUNKS}", f"0\r\n\r\n{SMUGGLED}"),
    "chunks and a length": post(f"Content-Length: 4\r\n{IN_CHUNKS}", f"{len(SMUGGLED):x}\r\n{SMUGGLED}\r\n0\r\n\r\n"),
    "a coding with an underscore": post(f"Content-Length: {LONGER}\r\nTransfer_Encoding: chunked\r\n", "a" * LONGER),
    "a folded length": post(f"X: a\r\n Content-Length: {len(SMUGGLED)}\r\n", SMUGGLED),
    "lines that end in LF": f"POST / HTTP/1.1\nHost: {HOST}\nContent-Length: {len(SMUGGLED)}\n\n{SMUGGLED}",
    "chunks that end in LF": post(IN_CHUNKS, f"0\n\n{SMUGGLED}"),
    "a body that a GET has": get("/", f"Content-Length: {len(SMUGGLED)}\r\n") + SMUGGLED,
    "headers after the body": post(IN_CHUNKS, "0\r\nContent-Length: 9\r\nX-Forwarded-For: 192.0.2.6\r\n\r\n"),
    "headers of this hop": get("/", "Connection: X-Forwarded-For, X-Forwarded-Proto\r\n"),
    "a forged address": get("/", "X-Forwarded-For: 192.0.2.6, 127.0.0.1\r\nX-Forwarded-For: 192.0.2.7\r\n"),
    "a forged scheme": get("/", "X-Forwarded-Proto: http\r\nX_Forwarded_Proto: http\r\nX-Forwarded-Ssl: off\r\n"),
    "underscores": get("/", "X_Forwarded_For: 192.0.2.6\r\nREMOTE_ADDR: 192.0.2.6\r\nREMOTE_USER: adam\r\n"),
    "another root": get("/x/metrics", "SCRIPT_NAME: /x\r\nPATH_INFO: /metrics\r\n"),
    "a root that does not fit": get("/y", "SCRIPT_NAME: /x\r\n"),
    "another host in the address": get("http://elsewhere.example/"),
    "another protocol": get("/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Both proxies before gunicorn: their ports, their certificate, and what they said while it was away."""
    needs("openssl")
    folder, (behind, *ports) = tmp_path_factory.mktemp("proxies"), [a_free_port() for _ in range(5)]
    folder.chmod(0o755)
    (folder / "echo.py").write_text(ECHO)
    env = clean_environment() | {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    ours = {"ECRF_BIND": f"127.0.0.1:{behind}", "ECRF_WORKERS": "1", "PYTHONPATH": f"{REPOSITORY}:{folder}"}
    with contextlib.ExitStack() as stack:
        for words in (nginx(folder, *ports[:2], behind), caddy(folder, *ports[2:], behind)):
            stack.enter_context(started(words, env, folder / f"{Path(words[0]).name}.log"))
        found = SimpleNamespace(ports={"nginx": ports[1], "caddy": ports[3]}, certificate=folder / "fullchain.pem")
        for port in found.ports.values():
            until_it_listens(port)
        found.away = {proxy: answers(found, proxy, LAST) for proxy in found.ports}
        words = [sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py"), "echo"]
        stack.enter_context(started(words, env | ours, folder / "gunicorn.log"))
        until_it_listens(behind)
        yield found


def caddy(folder: Path, http: int, https: int, behind: int) -> list[str]:
    """The sample with this machine's ports, and the certificate of the other one."""
    text = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    text = text.replace(f"{HOST} {{", f"{HOST} {{\n\tbind 127.0.0.1\n\ttls {folder}/fullchain.pem {folder}/key.pem")
    first = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {http}\n\thttps_port {https}\n}}\n"
    (folder / "Caddyfile").write_text(first + text)
    return [needs("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def until_it_listens(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens at {port}")


def answers(house, proxy: str, words: str) -> tuple[list[int], list[dict], bytes]:
    """What comes back until the proxy closes: the states, what the application told, and all of it."""
    context, came = ssl.create_default_context(cafile=str(house.certificate)), b""
    plain = socket.create_connection(("127.0.0.1", house.ports[proxy]), 5)
    with context.wrap_socket(plain, server_hostname=HOST) as one, contextlib.suppress(ConnectionError, ssl.SSLError):
        one.sendall(words.encode("latin-1"))
        while some := one.recv(65536):
            came += some
    told = [json.loads(found) for found in re.findall(rb"\{[^{}]*\}", came)]
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", came)], told, came


LAST = get("/last", "Connection: close\r\n")


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_what_is_ambiguous_or_forged_is_refused_by_the_proxy_or_does_no_harm(house, proxy):
    for kind, words in (REFUSED | HARMLESS).items():
        states, told, _ = answers(house, proxy, words + LAST)
        assert states, kind
        assert states[0] < 500 or states[0] in (501, 505), (kind, states)
        assert kind in HARMLESS or states[0] >= 400, (kind, states)
        for one in told:
            assert one["REMOTE_ADDR"] == one["HTTP_X_FORWARDED_FOR"] == "127.0.0.1", (kind, one)
            assert one["wsgi.url_scheme"] == "https" and one["HTTP_X_FORWARDED_PROTO"] == "https", (kind, one)
            assert one["SCRIPT_NAME"] == "" and one["PATH_INFO"] != "/metrics", (kind, one)
            assert not {"HTTP_REMOTE_ADDR", "HTTP_REMOTE_USER"} & set(one), (kind, one)
        others, theirs, _ = answers(house, proxy, get("/own", "Connection: close\r\n"))
        assert others == [200] and [one["PATH_INFO"] for one in theirs] == ["/own"], (kind, others, theirs)


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_a_file_that_is_too_large_is_refused_with_a_sentence(house, proxy):
    body = "a" * 6_000_000
    states, told, came = answers(house, proxy, post(f"Connection: close\r\nContent-Length: {len(body)}\r\n", body))
    if proxy == "caddy":  # hands it on: the application refuses it (tests/pages/test_hostile_input.py)
        assert states == [200] and told[0]["read"] == len(body)
    else:
        assert states == [413] and b"larger than anything that is taken here" in came


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_while_the_web_server_is_away_the_proxy_says_so_in_a_sentence(house, proxy):
    states, _, came = house.away[proxy]
    assert states == [502] and b"The service does not answer just now." in came
