"""A finished mail taken apart to be looked at, without the links by which its reader acts."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.policy import compat32

from roadmap.outbox.render import AS_IT_TRAVELS
from roadmap.secret_paths import without_secrets

SHOWN_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Precedence",
    "Content-Language",
)
# A mail's own page may show its styles and nothing else; links open in the whole window
MAIL_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-top-navigation-by-user-activation",
    ]
)
NO_POWER = "not-in-previews"


@dataclass(frozen=True)
class ShownMail:
    """What a mail program would show; ``size`` is in octets as it travels, ``files`` names its attachments."""

    subject: str
    to: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    files: tuple[str, ...]
    size: int


def shown(raw: bytes) -> ShownMail:
    """The mail ``raw`` taken apart; what it lacks is empty."""
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    return ShownMail(
        subject=str(mail["Subject"] or ""),
        to=str(mail["To"] or ""),
        headers=tuple((name, str(mail[name])) for name in SHOWN_HEADERS if mail[name]),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        files=tuple(part.get_filename() or "" for part in mail.iter_attachments()),
        size=len(raw),
    )


def without_powers(raw: bytes) -> bytes:
    """The same mail with the addresses by which its reader acts made useless, for other people's eyes."""
    mail = message_from_bytes(raw, policy=compat32)
    for name, value in mail.items():
        if name.lower() == "list-unsubscribe":
            mail.replace_header(name, _powerless(str(value)))
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            _disarm(part)
    return mail.as_bytes(policy=AS_IT_TRAVELS)


def _disarm(part: Message) -> None:
    charset = part.get_content_charset() or "utf-8"
    payload = part.get_payload(decode=True)
    words = payload.decode(charset, "replace") if isinstance(payload, bytes) else ""
    if (powerless := _powerless(words)) != words:
        del part["Content-Transfer-Encoding"]
        part.set_payload(powerless.encode(charset), charset)


def _powerless(text: str) -> str:
    return without_secrets(text, instead=NO_POWER)


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
