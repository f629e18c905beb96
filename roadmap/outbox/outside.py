"""Sends a request to an address that a user gave, and to nowhere within: the one way out for webhooks.

The name is resolved once, every address that it has must be public, and the connection goes to the very address that
was checked, so that a name can't point elsewhere a moment later. No redirects, no proxies, few ports, bounded in time
and size.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
SECONDS_A_STEP, SECONDS_IN_ALL = 10.0, 20.0
MOST_BYTES_READ = 1024
NAT64 = ip_network("64:ff9b::/96")
# Given out as public, but answered by clouds' own machinery
HOSTS_OF_CLOUDS = (ip_network("192.0.0.0/24"), ip_network("168.63.129.16/32"))
NAT64_LOCAL = ip_network("64:ff9b:1::/48")


class NotOutside(Exception):
    """The address leads within, or isn't one that may be called; nothing was sent. Its text is for the log."""


class NotReached(Exception):
    """Nobody answered as HTTP, or not in time."""


@dataclass(frozen=True)
class Answer:
    """What was answered: its status, and the beginning of its body."""

    status: int
    beginning: str


def fault_of_address(url: str) -> str | Promise | None:
    """What is wrong with an address before any name is looked up; None where nothing is."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except (ValueError, UnicodeError):
        return _("This isn't a web address.")
    if not url.isascii() or any(character <= " " for character in url) or "\\" in url:
        return _("Write the address in plain ASCII, without spaces.")
    if parts.scheme not in ({"https"} if settings.WEBHOOK_HTTPS_ONLY else {"https", "http"}):
        return _("The address has to begin with https://.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return _("Give a host name, without user name, password or fragment.")
    if (port or _usual_port(parts)) not in settings.WEBHOOK_PORTS:
        return _("This port can't be called.")
    literal = _literal(host)
    if literal is not None and not is_outside(literal):
        return _("This address is in an internal network; only public ones are called.")
    return None


def is_outside(address: Address) -> bool:
    """Whether the address is public, whatever it is wrapped in, or of a network that the operator allowed."""
    if any(address.version == network.version and address in network for network in _allowed()):
        return True
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return is_outside(inner)
        if address in NAT64_LOCAL or address.is_site_local:
            return False
    if any(address in network for network in HOSTS_OF_CLOUDS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve_by_system(host: str, port: int) -> list[str]:
    """Every address of the name, as this machine's resolver tells. Raises NotReached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(f"The name can't be resolved: {error}") from error
    return [str(place[4][0]) for place in found]


def post_outside(url: str, body: bytes, headers: Mapping[str, str], *, resolve: Resolve = resolve_by_system) -> Answer:
    """Send ``body`` by POST. Raises NotOutside, NotReached."""
    fault = fault_of_address(url)
    if fault is not None:
        raise NotOutside(str(fault))
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _usual_port(parts)
    address = _checked_address(host, port, resolve)
    connection = _PinnedConnection(host, port, address=address, is_encrypted=parts.scheme == "https")
    deadline = Timer(SECONDS_IN_ALL, connection.cut)
    deadline.daemon = True
    deadline.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        beginning = response.read(MOST_BYTES_READ)
        if connection.was_cut:  # what ends so may look like a whole answer
            raise NotReached(f"No whole answer within {SECONDS_IN_ALL:g} s")
        return Answer(response.status, beginning.decode("utf-8", "replace").replace("\x00", "\ufffd"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReached(f"{type(error).__name__}: {error}") from error
    finally:
        deadline.cancel()
        connection.close()


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to ``address`` and to nothing else; the certificate, though, has to be the host's."""

    def __init__(self, host: str, port: int, *, address: str, is_encrypted: bool) -> None:
        super().__init__(host, port, timeout=SECONDS_A_STEP)
        self.address = address
        self.is_encrypted = is_encrypted
        self.was_cut = False
        self.default_port = http.client.HTTPS_PORT if is_encrypted else http.client.HTTP_PORT

    def connect(self) -> None:
        """To the checked address, with the host's name for TLS."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.is_encrypted:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        if self.was_cut:  # while there was no socket to be ended: nothing would bound what follows
            raise TimeoutError("The time was over before the connection stood")

    def cut(self) -> None:
        """End whatever goes on: the time is over."""
        self.was_cut = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.sock.close()


def _checked_address(host: str, port: int, resolve: Resolve) -> str:
    literal = _literal(host)
    addresses = [str(literal)] if literal is not None else list(resolve(host, port))
    if not addresses:
        raise NotReached("The name has no address")
    for text in addresses:
        try:
            found = ip_address(text)
        except ValueError as error:
            raise NotOutside(f"{text} is no address") from error
        if not is_outside(found):
            raise NotOutside(f"{host} leads to {found}, which lies within")
    return addresses[0]


def _literal(host: str) -> Address | None:
    """The address that the host is, if it is none to be looked up: for resolvers 2130706433, 0x7f.1 and 127.1, too."""
    for read in (ip_address, lambda text: IPv4Address(socket.inet_aton(text))):
        try:
            return read(host)
        except (ValueError, OSError):
            continue
    return None


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64, 6to4, Teredo."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64 or int(address) >> 32 == 0:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    return address.teredo[1] if address.teredo is not None else None


def _usual_port(parts: SplitResult) -> int:
    return http.client.HTTPS_PORT if parts.scheme == "https" else http.client.HTTP_PORT


def _allowed() -> list[IPv4Network | IPv6Network]:
    return [ip_network(text) for text in settings.WEBHOOK_ALLOWED_NETWORKS]
