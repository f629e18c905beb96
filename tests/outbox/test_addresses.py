"""Hosts and addresses in ASCII, and what is refused because it has no such form. No database."""

import pytest

from roadmap.addresses import ascii_address, ascii_host, mailbox_key


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("roadmap.example.org", "roadmap.example.org"),
        ("Roadmap.Example.ORG", "roadmap.example.org"),
        ("海关.中国", "xn--d6qv69d.xn--fiqs8s"),
        ("海关。中国", "xn--d6qv69d.xn--fiqs8s"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("my_host-1", "my_host-1"),
    ],
)
def test_host_is_written_in_ascii(name: str, host: str) -> None:
    assert ascii_host(name) == host


@pytest.mark.parametrize(
    "name",
    ["", ".", "a..b", "-a.org", "a b", "a\n", "a/b", "a:1", "x" * 64, ".".join(["x" * 60] * 5), "海 关", "é" * 60],
)
def test_what_is_no_host_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no host name"):
        ascii_host(name)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("Lin@Example.org", "Lin@example.org"),
        ("lin+map.b@海关.中国", "lin+map.b@xn--d6qv69d.xn--fiqs8s"),
        ('"lin lan"@example.org', '"lin lan"@example.org'),
        ("lin@[192.0.2.1]", "lin@[192.0.2.1]"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_address_is_written_in_ascii(address: str, written: str) -> None:
    assert ascii_address(address) == written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lin",
        "@example.org",
        "lin@",
        "lin@a..b",
        "lin lan@example.org",
        "林@example.org",
        "a@b@example.org",
        "lin@example.org\r\nDATA",
        "lin@example.org>",
        "lin\x00@example.org",
        "x" * 65 + "@example.org",
        "l@" + "x" * 64,
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="can be mailed to"):
        ascii_address(address)


def test_mailbox_is_the_same_however_it_is_written() -> None:
    assert mailbox_key(" LIN@海关.中国") == mailbox_key("lin@XN--d6qv69d.xn--fiqs8s")
    assert mailbox_key("lin@a..B") == "lin@a..b"
