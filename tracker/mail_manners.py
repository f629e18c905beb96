"""The settings of mail's good manners: how it is left, when it keeps quiet, how much goes; the rest: ``settings``."""

from tracker import env
from tracker.env_addresses import mailbox

# A mailbox that ``manage.py bounces`` reads, for leaving by mail; none by default
MAIL_UNSUBSCRIBE = mailbox("MAIL_UNSUBSCRIBE")

# Where delivery reports go: the envelope's sender (else MAIL_FROM), and the Maildir in which its mail is found
MAIL_RETURN_PATH = mailbox("MAIL_RETURN_PATH")
BOUNCE_MAILDIR = env.text("BOUNCE_MAILDIR")

QUIET_HOURS = env.hours("QUIET_HOURS")
QUIET_DAYS_OFF = env.boolean("QUIET_DAYS_OFF")

MAILS_PER_MINUTE = env.whole_number("MAILS_PER_MINUTE")
