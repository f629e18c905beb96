"""The web server's settings."""

import re
import socket
import subprocess
import sys
from http.client import HTTPConnection

import pytest

from tests.servers.proxies import CADDY, NGINX
from tests.servers.waiting import PATIENCE
from tests.servers.web import await_answer, served
from tracker import serving

LOOK = """
import gc
from tracker import serving
gc.collect()
loaded = len(gc.get_objects())
serving.when_ready(None)
print(gc.get_freeze_count() > 0.9 * loaded, len(gc.get_objects()) < 0.1 * loaded)
print(gc.get_threshold()[0] == serving.COLLECT_AFTER, gc.isenabled())
"""


def test_what_is_loaded_before_workers_are_forked_is_not_looked_through_for_garbage_again():
    asked = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["True"] * 4


def test_idle_connections_are_closed_by_the_other_end_first():
    examples = [NGINX.read_text(encoding="utf-8"), CADDY.read_text(encoding="utf-8")]
    kept = [int(seconds) for text in examples for seconds in re.findall(r"keepalive(?:_timeout)? (\d+)s", text)]
    assert [seconds < serving.keepalive for seconds in kept] == [True] * 2


@pytest.mark.everything
@pytest.mark.journey
def test_a_connection_whose_request_was_refused_unread_takes_the_next(process_environment: dict[str, str]):
    """Seen from outside: the server closed it without a word, where more than 64 KiB of the body were left."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        environment = {**process_environment, "BIND": f"fd://{listening.fileno()}", "WEB_WORKERS": "1"}
        with served(environment, listening.fileno()):
            await_answer(f"http://127.0.0.1:{port}/health/live")
            for size in (70_000, 1_000_000):
                connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
                connection.request("POST", "/api/v1/milestones/", b"x" * size, {"Content-Type": "text/plain"})
                with connection.getresponse() as refused:
                    assert (refused.status, refused.will_close) == (401, False)
                    refused.read()
                connection.auto_open = False  # nothing opens another one in silence
                connection.request("GET", "/health/live")
                assert connection.getresponse().status == 200
                connection.close()
