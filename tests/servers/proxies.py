"""nginx and Caddy as ``deploy/`` has them, started in front of an address of the program."""

import getpass
import grp
import os
import shutil
import socket
import ssl
import string
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.servers.postgres import free_port
from tests.servers.waiting import wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
NGINX = ROOT / "deploy/nginx/roadmap-tracker.conf.template"
CADDY = ROOT / "deploy/caddy/Caddyfile"
HOST = "localhost"
# What a distribution's own nginx.conf has around the example
AROUND = """
user ${USER} ${GROUP}; daemon off; pid ${FOLDER}/pid; error_log ${FOLDER}/error.log; worker_processes 1;
events {}
http {
  client_body_temp_path ${FOLDER}/body; proxy_temp_path ${FOLDER}/proxy; fastcgi_temp_path ${FOLDER}/fastcgi;
  uwsgi_temp_path ${FOLDER}/uwsgi; scgi_temp_path ${FOLDER}/scgi;
  ${EXAMPLE}
}
"""


@dataclass(frozen=True)
class Proxy:
    """A running proxy: its addresses, a client that trusts its certificate, and what it has logged."""

    address: str
    plain_address: str
    client: httpx.Client
    logged: Callable[[], str]


@contextmanager
def _nginx(values: Mapping[str, str], folder: Path) -> Iterator[Callable[[], str]]:
    log = folder / "access.log"
    example = string.Template(NGINX.read_text(encoding="utf-8")).safe_substitute(values)
    example = example.replace("/var/log/nginx/roadmap-tracker.log", str(log))
    around = string.Template(AROUND).safe_substitute(
        {
            "USER": getpass.getuser(),
            "GROUP": grp.getgrgid(os.getgid()).gr_name,
            "FOLDER": str(folder),
            "EXAMPLE": example,
        }
    )
    (folder / "nginx.conf").write_text(around, encoding="utf-8")
    with _running(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], {}, folder / "said"):
        yield lambda: log.read_text(encoding="utf-8")


@contextmanager
def _caddy(values: Mapping[str, str], folder: Path) -> Iterator[Callable[[], str]]:
    places = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
    environment = {**values, **places, "TLS": f"tls {values['CERTIFICATE']} {values['CERTIFICATE_KEY']}"}
    said = folder / "said"
    with _running(["caddy", "run", "--config", str(CADDY), "--adapter", "caddyfile"], environment, said):
        yield lambda: said.read_text(encoding="utf-8")


KINDS = {"nginx": _nginx, "caddy": _caddy}


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], said: Path) -> Iterator[None]:
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which(command[0], path=beside)
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    with (
        said.open("wb") as log,
        subprocess.Popen([program, *command[1:]], env=environment, stderr=log, stdout=log) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def certified(folder: Path) -> dict[str, str]:
    """A certificate for ``HOST`` that nobody else trusts, and its key, as the examples name them."""
    key, certificate = str(folder / "key.pem"), str(folder / "certificate.pem")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
            "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", certificate,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return {"CERTIFICATE": certificate, "CERTIFICATE_KEY": key}


@contextmanager
def running_proxy(kind: str, upstream: str, folder: Path) -> Iterator[Proxy]:
    """A proxy of that kind in front of ``upstream`` (host and port), its files in ``folder``; skips without it."""
    plain, secure = free_port(), free_port()
    values = {"SITE_HOST": HOST, "UPSTREAM": upstream, "HTTP_PORT": str(plain), "HTTPS_PORT": str(secure)}
    values |= certified(folder)
    trusting = ssl.create_default_context(cafile=values["CERTIFICATE"])
    address = f"https://{HOST}:{secure}"
    with (
        KINDS[kind](values, folder) as logged,
        httpx.Client(verify=trusting, base_url=address, timeout=60) as client,
    ):
        wait_for(lambda: _takes(secure))
        yield Proxy(address, f"http://{HOST}:{plain}", client, logged)


def _takes(port: int) -> bool:
    try:
        socket.create_connection((HOST, port)).close()
    except OSError:
        return False
    return True
