"""allauth's limits on what isn't guarded by ``roadmap.web.signing.limits``: requests in a span, by address or person.

They keep machines off; offices share an address, so that by address they are wide.
"""

SIGNING_LIMITS: dict[str, str | None] = {
    "login": "600/m/ip",
    "login_failed": None,  # counted in roadmap.web.signing.limits, which tells how long a lock lasts
    "reset_password": "60/15m/ip,3/15m/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "5/15m/user",
    "reauthenticate": "10/15m/user",
}
