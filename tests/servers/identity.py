"""An identity provider in a thread that can be told to lie: each of its answers is what a test sets."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "tracker", "a secret of made-up people"


@dataclass
class Identity:
    """``person`` are the claims of whoever is signed in there. ``lies`` replace claims of the ID token, ``described``
    parts of the description, ``user_info`` the claims of the second answer; ``signed_by`` signs in place of the key
    that is published, with ``algorithm``."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)
    signed_by: Any = None
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def description(self) -> dict[str, Any]:
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "me",
            "jwks_uri": "keys",
            "end_session_endpoint": "end",
        }
        found = {name: f"{self.issuer}/{path}" for name, path in places.items()}
        return {"issuer": self.issuer, **found, **self.described}

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        sent = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{asked['redirect_uri']}?{sent}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """For a code, once, from whoever knows the secret and the verifier."""
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = sha256(sent.get("code_verifier", "").encode()).digest()
        proof = urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or sent.get("client_secret") != SECRET or asked.get("code_challenge") != proof:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {"auth_time": now, **self.person, **self.lies}
        claims = {name: value for name, value in claims.items() if value is not None}
        text = jwt.encode(claims, self.signed_by or self.key, algorithm=self.algorithm, headers={"kid": "one"})
        return {"access_token": "of-use", "token_type": "Bearer", "id_token": text}


@contextmanager
def running_identity() -> Iterator[Identity]:
    """At a free port of this machine."""
    identity = Identity()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            match parts.path:
                case "/.well-known/openid-configuration":
                    self._tell(identity.description())
                case "/keys":
                    self._tell(identity.keys())
                case "/me":
                    self._tell({**identity.person, **identity.user_info})
                case "/authorize":
                    self.send_response(302)
                    self.send_header("Location", identity.authorize(asked))
                    self.end_headers()
                case _:
                    self._tell({"path": parts.path, **asked})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = identity.token({name: values[0] for name, values in parse_qs(body).items()})
            self._tell(answer or {"error": "invalid_grant"}, status=200 if answer else 400)

        def _tell(self, what: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    identity.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield identity
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
