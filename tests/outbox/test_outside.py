"""Requests to addresses that users gave: never to anything within, however it is written or resolved."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from threading import Thread
from typing import Any

import pytest
from django.utils import translation

from roadmap.outbox import outside
from roadmap.outbox.outside import Answer, NotOutside, NotReached, fault_of_address, is_outside, post_outside


@pytest.mark.parametrize(
    "inner",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
        *("0.0.0.0", "192.0.0.192",  # noqa: S104
           "198.18.0.1", "203.0.113.5", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
        *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1", "::127.0.0.1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
    ],
)  # fmt: skip
def test_inner_addresses_are_inner_however_they_are_wrapped(inner):
    assert not is_outside(ip_address(inner))


@pytest.mark.parametrize(
    "public", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_outside(public):
    assert is_outside(ip_address(public))


def test_operator_allows_inner_networks(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["10.1.0.0/16", "fd00:1::/32"]
    allowed = ("10.1.2.3", "::ffff:10.1.2.3", "fd00:1::5", "10.2.0.1", "127.0.0.1")
    assert [is_outside(ip_address(one)) for one in allowed] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("url", "begins"),
    [
        ("ftp://example.org/", "The address has to begin"),
        ("http://example.org/", "The address has to begin"),
        ("//example.org/", "The address has to begin"),
        ("https:///x", "Give a host name"),
        ("https://user:pass@example.org/", "Give a host name"),
        ("https://example.org/#x", "Give a host name"),
        ("https://example.org:22/", "This port"),
        ("https://example.org:99999/", "This isn't a web address"),
        ("https://[::1", "This isn't a web address"),
        ("https://127.0.0.1/", "This address is in an internal network"),
        ("https://[::ffff:169.254.169.254]/", "This address is in an internal network"),
        ("https://2130706433/", "This address is in an internal network"),
        ("https://0x7f.1/", "This address is in an internal network"),
        ("https://127.1/", "This address is in an internal network"),
        ("https://example.org/a b", "Write the address in plain"),
        ("https://example.org\\@10.0.0.1/", "Write the address in plain"),
        ("https://例子.example/", "Write the address in plain"),
        ("https://example.org/\r\nX: y", "Write the address in plain"),
    ],
)
def test_address_that_cant_be_called_is_told(url, begins, settings, monkeypatch):
    settings.WEBHOOK_HTTPS_ONLY, settings.WEBHOOK_PORTS = True, frozenset({443})
    with translation.override("en"):
        assert str(fault_of_address(url)).startswith(begins)
        with pytest.raises(NotOutside):
            post_outside(url, b"", {}, resolve=lambda host, port: ["8.8.8.8"])


@pytest.mark.parametrize("url", ["https://example.org/", "https://example.org:443/a?b=c", "https://8.8.8.8/"])
def test_address_that_can_be_called_has_no_fault(url, settings):
    settings.WEBHOOK_HTTPS_ONLY, settings.WEBHOOK_PORTS = True, frozenset({443})
    assert fault_of_address(url) is None


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "::1"], ["2130706433"], ["169.254.169.254"], ["fe80::1%eth0"]],
)
def test_name_that_has_any_inner_address_is_not_called(addresses, monkeypatch):
    monkeypatch.setattr(outside.socket, "create_connection", never)
    with pytest.raises(NotOutside):
        post_outside("https://example.org/", b"", {}, resolve=lambda host, port: addresses)


def never(*_arguments: Any, **_options: Any) -> Any:
    raise AssertionError("a connection was made")


def test_name_that_changes_its_mind_is_called_where_it_was_checked(monkeypatch):
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    called = []

    def connect(address, timeout):
        called.append(address)
        raise ConnectionRefusedError("nobody")

    monkeypatch.setattr(outside.socket, "create_connection", connect)
    with pytest.raises(NotReached):
        post_outside("https://rebinding.example/", b"", {}, resolve=lambda host, port: next(answers))
    assert called == [("93.184.216.34", 443)]


@contextmanager
def answering(*parts: bytes, hold: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine that answers one request; its address, and what it got."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _address = server.accept()
            with connection:
                connection.settimeout(5)
                received = b""
                while not received.endswith(b"{}"):
                    received += connection.recv(65536)
                got.append(received)
                for part in parts:
                    connection.sendall(part)
                if hold:
                    got.append(connection.recv(1))  # until the other side has had enough

        thread = Thread(target=serve)
        thread.start()
        yield f"http://hooks.example:{server.getsockname()[1]}/in?x=1", got
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def inner(settings: Any) -> Any:
    settings.WEBHOOK_HTTPS_ONLY, settings.WEBHOOK_PORTS = False, range(1, 65536)
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    return lambda host, port: ["127.0.0.1"]


def test_request_bears_the_names_own_host_and_reads_no_more_than_it_keeps(inner):
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"\xffx" * 2500
    with answering(reply) as (url, got):
        answer = post_outside(url, b"{}", {"webhook-id": "7"}, resolve=inner)
    assert (answer.status, len(answer.beginning), answer.beginning[:2]) == (200, 1024, "\ufffdx")
    assert got[0].startswith(b"POST /in?x=1 HTTP/1.1\r\n")
    assert b"\r\nHost: hooks.example:" in got[0]
    assert b"\r\nwebhook-id: 7\r\n" in got[0]


def test_redirects_are_not_followed(inner):
    with answering(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n") as (url, _got):
        assert post_outside(url, b"{}", {}, resolve=inner) == Answer(302, "")


@pytest.mark.parametrize(
    "parts", [(b"",), (b"nonsense\r\n\r\n",), (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n",)]
)
def test_what_is_no_http_is_no_answer(inner, parts):
    with answering(*parts) as (url, _got), pytest.raises(NotReached):
        post_outside(url, b"{}", {}, resolve=inner)


def test_whoever_holds_the_line_is_cut_off(inner, monkeypatch):
    monkeypatch.setattr(outside, "SECONDS_IN_ALL", 0.3)
    with answering(b"HTTP/1.1 200 OK\r\n", hold=True) as (url, got), pytest.raises(NotReached):
        post_outside(url, b"{}", {}, resolve=inner)
    assert got[1] == b""


def test_certificate_has_to_be_the_hosts(inner, monkeypatch):
    asked = []

    class Context:
        def wrap_socket(self, sock, server_hostname):
            asked.append(server_hostname)
            raise outside.ssl.SSLCertVerificationError("not its certificate")

    monkeypatch.setattr(outside.ssl, "create_default_context", Context)
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(NotReached):
        post_outside(f"https://hooks.example:{server.getsockname()[1]}/", b"{}", {}, resolve=inner)
    assert asked == ["hooks.example"]
