"""Feishu and DingTalk in a thread, as far as signing in goes, by what their documents say, for one person."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

CLIENT, SECRET, OURS = "tracker", "a secret of made-up people", "our-organisation"


@dataclass
class Messengers:
    """``person`` is who signs in there, ``organisation`` the one that they do it for."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    organisation: str = OURS

    def answer(self, path: str, sent: dict[str, Any], headers: Any) -> dict[str, Any] | None:
        """What is told; None for whoever doesn't know what they have to."""
        match path:
            case "/feishu/app":
                known = (sent.get("app_id"), sent.get("app_secret")) == (CLIENT, SECRET)
                return {"app_access_token": "of-app"} if known else None
            case "/feishu/token":
                known = (sent.get("app_access_token"), sent.get("code")) == ("of-app", "good")
                return {"code": 0, "data": {"access_token": "of-use"}} if known else None
            case "/feishu/me":
                said = {**self.person, "tenant_key": self.organisation}
                return {"code": 0, "data": said} if headers["Authorization"] == "Bearer of-use" else None
            case "/dingtalk/token":
                known = (sent.get("clientId"), sent.get("clientSecret"), sent.get("code")) == (CLIENT, SECRET, "good")
                told = {"accessToken": "of-use", "refreshToken": "again", "expireIn": 7200, "corpId": self.organisation}
                return told if known else None
            case "/dingtalk/me":
                return self.person if headers["x-acs-dingtalk-access-token"] == "of-use" else None
        return None


@contextmanager
def running_messengers() -> Iterator[Messengers]:
    """At a free port of this machine."""
    messengers = Messengers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell(messengers.answer(self.path, {}, self.headers))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            is_json = self.headers["Content-Type"].startswith("application/json")
            sent = json.loads(body) if is_json else dict(pair.split("=") for pair in body.split("&"))
            self._tell(messengers.answer(self.path, {k: v.replace("+", " ") for k, v in sent.items()}, self.headers))

        def _tell(self, what: dict[str, Any] | None) -> None:
            body = json.dumps(what).encode()
            self.send_response(200 if what is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    messengers.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield messengers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
