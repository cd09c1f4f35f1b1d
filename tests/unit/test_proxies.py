"""The client's address is that of the last hop that is no proxy of ours; nothing that a client writes is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialsite.proxies import client, is_trusted, networks, real_address

OURS = networks("10.0.0.0/8, 2001:db8::5, unix")

pytestmark = [pytest.mark.finding("F-602"), pytest.mark.finding("F-901")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.1", "192.0.2.1", "203.0.113.1"),
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("", "192.0.2.1", "192.0.2.1"),
        ("", "", ""),
        ("2001:db8::5", "2001:db8:1::1", "2001:db8:1::1"),
        ("::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_the_address_is_the_last_that_is_none_of_our_proxies(peer, forwarded, found):
    assert client(peer, forwarded, OURS) == found


@given(st.text(max_size=60))
def test_whatever_is_written_in_the_header_the_proxys_own_word_counts(written):
    assert client("10.0.0.1", f"{written}, 192.0.2.1", OURS) == "192.0.2.1"
    assert client("203.0.113.1", written, OURS) == "203.0.113.1"


def test_a_peer_that_is_no_proxy_has_its_headers_taken_away(rf, settings):
    settings.PROXIES = OURS
    seen = {}
    handle = real_address(lambda request: seen.update(request.META))
    handle(rf.get("/", REMOTE_ADDR="203.0.113.1", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}))
    assert seen["REMOTE_ADDR"] == "203.0.113.1" and "HTTP_X_FORWARDED_PROTO" not in seen


def test_nobody_is_trusted_where_no_proxy_is_named():
    assert not is_trusted("127.0.0.1", ()) and not is_trusted("", ())
