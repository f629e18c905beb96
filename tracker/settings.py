"""Django's settings, read from the environment by typed readers. ``setting_list`` has every variable, with its default.

Two modes share all of this: ``embedded`` (one machine, SQLite, everything started by one command) and ``production``
(PostgreSQL, Redis, HTTPS), which refuses to start on an insecure value.
"""

import secrets
from pathlib import Path
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured

from tracker import env
from tracker.admin_site import ADMIN_POLICY as ADMIN_POLICY
from tracker.admin_site import UNFOLD as UNFOLD
from tracker.answer_links import ANSWER_LINK_DAYS as ANSWER_LINK_DAYS
from tracker.answer_links import ANSWER_REQUESTS_PER_MINUTE as ANSWER_REQUESTS_PER_MINUTE
from tracker.answer_links import SECRET_KEY_FALLBACKS as SECRET_KEY_FALLBACKS
from tracker.api_description import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from tracker.api_description import rest_framework_settings
from tracker.env_addresses import host, hosts, mailbox, origin, origins, sender
from tracker.evidence_storage import evidence_storage
from tracker.logs import logging_settings
from tracker.mail_manners import (  # noqa: F401
    BOUNCE_MAILDIR,
    MAIL_RETURN_PATH,
    MAIL_UNSUBSCRIBE,
    MAILS_PER_MINUTE,
    QUIET_DAYS_OFF,
    QUIET_HOURS,
)
from tracker.signing_limits import SIGNING_LIMITS
from tracker.single_sign_on import single_sign_on
from tracker.site_policy import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from tracker.webhook_policy import WEBHOOK_ALLOWED_NETWORKS, WEBHOOK_HTTPS_ONLY, WEBHOOK_PORTS  # noqa: F401

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.choice("TRACKER_MODE")
EMBEDDED = MODE == "embedded"
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))


def _kept_in(file: Path, *, made_by_default: str) -> str:
    """The content of a file of the embedded mode's data folder; made once, readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(made_by_default, encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


def _told_by_supervisor(name: str, otherwise: str) -> str:
    """What the embedded program's supervisor left in the data folder for commands that run beside it."""
    file = DATA_DIR / name
    return file.read_text(encoding="utf-8").strip() if file.exists() else otherwise


# -- Security ---------------------------------------------------------------------------------------------------------
DEBUG = env.boolean("DEBUG")
SECRET_KEY = (
    env.text("SECRET_KEY", "") or _kept_in(DATA_DIR / "secret-key", made_by_default=secrets.token_urlsafe(50))
    if EMBEDDED
    else env.text("SECRET_KEY")
)
SITE_URL = origin("SITE_URL", _told_by_supervisor("site-url", "http://127.0.0.1:8000") if EMBEDDED else None)
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS", "*" if EMBEDDED else "")
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS", SITE_URL)
PUBLIC_READING = env.boolean("PUBLIC_READING")
# Which sites may show the cards of /embed/ in a frame, as https://www.example.cn, or * for all; none: there are none
EMBED_ALLOWED_SITES = origins("EMBED_ALLOWED_SITES", everywhere=True)
HTTPS = env.boolean("HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.whole_number("HSTS_SECONDS") if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env.boolean("HSTS_PRELOAD")
# what they would have on: each is the operator's to say, as browsers keep to it for as long as they were told
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W005", "security.W021"]
if SECURE_HSTS_PRELOAD and not (SECURE_HSTS_INCLUDE_SUBDOMAINS and SECURE_HSTS_SECONDS >= 31_536_000):
    raise ImproperlyConfigured("HSTS_PRELOAD needs HSTS_SUBDOMAINS=true and HSTS_SECONDS of 31536000 (a year) or more.")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("BEHIND_PROXY") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if HTTPS:  # no other host of the domain can set them
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-django_language"
SESSION_COOKIE_AGE = env.whole_number("SESSION_HOURS") * 60 * 60  # seconds since the sign-in
SESSION_IDLE_MINUTES = env.whole_number("SESSION_IDLE_MINUTES")
X_FRAME_OPTIONS = "DENY"

if not EMBEDDED:  # further refusals stand where their value is read
    if DEBUG:
        raise ImproperlyConfigured("DEBUG is on in production; unset it.")
    if env.can_be_guessed(SECRET_KEY):
        raise ImproperlyConfigured("SECRET_KEY can be guessed; set a random one of at least 50 characters.")
    if any(env.can_be_guessed(key) for key in SECRET_KEY_FALLBACKS):
        raise ImproperlyConfigured(
            "SECRET_KEY_FALLBACKS has a key that can be guessed (or one with a comma in it): whoever knows it can make "
            "sessions and links. Leave it out."
        )
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names of this site, without '*'.")
    if not HTTPS:
        raise ImproperlyConfigured("HTTPS is off in production; unset it, and set BEHIND_PROXY=true behind a proxy.")
    if not SITE_URL.startswith("https://"):
        raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; write the https:// address that people open.")

# -- Applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "tracker.admin_config.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.feishu",
    "allauth.socialaccount.providers.dingtalk",
    "csp",
    "roadmap",
]
MIDDLEWARE = [
    "tracker.bodies.nothing_left",
    "tracker.metrics.MetricsMiddleware",
    "tracker.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tracker.maintenance.announced_by_file",
    "roadmap.web.embedding.without_cookies",
    "tracker.caching.never_public_with_cookies",
    "tracker.caching.tagged_as_at_first",
    "tracker.wellformed.WellFormed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tracker.languages.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "tracker.bodies.BoundedBodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tracker.wellformed.WellFormedForms",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "roadmap.web.signing.sessions.SessionLimits",
    "roadmap.web.signing.gate.SecondFactorGate",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# -- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "roadmap.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "roadmap.password_rules.NotLikeThePerson"},
    {"NAME": "roadmap.password_rules.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "roadmap.password_rules.NotCommon"},
    {"NAME": "roadmap.password_rules.NotOfTheProgramme"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:overview"
INVITATION_DAYS = env.whole_number("INVITATION_DAYS")
REQUIRE_SECOND_FACTOR = env.boolean("REQUIRE_SECOND_FACTOR")  # of staff
MFA_ADAPTER = "roadmap.web.signing.adapter_factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "roadmap.web.signing.forms_factors.CodeForm",
    "authenticate_webauthn": "roadmap.web.signing.forms_factors.PasskeyCodeForm",
    "activate_totp": "roadmap.web.signing.forms_factors.AppForm",
    "add_webauthn": "roadmap.web.signing.forms_factors.PasskeyForm",
}
MFA_TOTP_ISSUER = "Smart-Customs Roadmap Tracker"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, as phones' clocks differ
MFA_RECOVERY_CODE_DIGITS = 12
MFA_RECOVERY_CODES_SHOW_ONCE = True
ACCOUNT_ADAPTER = "roadmap.web.signing.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up: people are invited
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False  # notices are mails of ours (roadmap.editing.account_notices)
ACCOUNT_SESSION_REMEMBER = True  # how long a session lasts is one setting for all
ACCOUNT_RATE_LIMITS = SIGNING_LIMITS
ACCOUNT_FORMS = {
    "login": "roadmap.web.signing.forms.SignInForm",
    "change_password": "roadmap.web.signing.forms.ChangePasswordForm",
    "reset_password": "roadmap.web.signing.forms.ResetForm",
    "reset_password_from_key": "roadmap.web.signing.forms.ResetKeyForm",
    "reauthenticate": "roadmap.web.signing.forms.AgainForm",
}
SINGLE_SIGN_ON = single_sign_on(must_be_https=not EMBEDDED)
SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON.for_allauth() if SINGLE_SIGN_ON else {}
ACCOUNT_REAUTHENTICATION_METHODS = ["password"]
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60  # seconds

# -- Stored things ----------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.database(
        "DATABASE_URL", f"sqlite:///{quote(str(DATA_DIR / 'tracker.sqlite3'))}" if EMBEDDED else None
    )
}
if not EMBEDDED and "sqlite" in str(DATABASES["default"]["ENGINE"]):
    raise ImproperlyConfigured("DATABASE_URL names SQLite; production needs postgresql://user:password@host/name.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.redis("REDIS_URL", _told_by_supervisor("redis-url", "redis://127.0.0.1:6379/0") if EMBEDDED else None)
if not EMBEDDED and "@" not in REDIS_URL:
    raise ImproperlyConfigured("REDIS_URL has no password; set REDIS_PASSWORD.")
CACHES = {
    # What has to hold while Redis is away or emptied: attempts to sign in, and codes that were used
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "roadmap_keptvalue",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What may be lost: how many requests are served
    "redis": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tracker",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,  # the site works on while Redis is away
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",  # pickle would run what it reads
        },
    },
}
MEDIA_ROOT = DATA_DIR / "media"  # has no address: files are handed out by views, to those who may have them
EVIDENCE_MAX_MEGABYTES = env.whole_number("EVIDENCE_MAX_MEGABYTES")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes of a form without files; larger bodies: tracker/bodies.py
DATA_UPLOAD_MAX_NUMBER_FILES = 5  # of one form
EVIDENCE_SCANNER = env.text("EVIDENCE_SCANNER")  # a command or python:…, see roadmap.editing.scanning
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    "default": evidence_storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# -- Languages and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "roadmap" / "locale"]
FORMAT_MODULE_PATH = ["roadmap.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE")

# -- Mail -------------------------------------------------------------------------------------------------------------
EMAIL_HOST = host("EMAIL_HOST")
_HAS_OWN_MAILBOX = EMBEDDED and not env.text("EMAIL_HOST", "")
_MAIL_PORT = int(_told_by_supervisor("mail-port", "8025")) if _HAS_OWN_MAILBOX else 587
EMAIL_PORT = env.whole_number("EMAIL_PORT", _MAIL_PORT)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_SSL = env.boolean("EMAIL_USE_SSL")  # TLS from the first byte, as on port 465
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", not EMBEDDED and not EMAIL_USE_SSL)  # STARTTLS
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("EMAIL_USE_TLS and EMAIL_USE_SSL are both on; set one of them.")
EMAIL_TIMEOUT = env.whole_number("EMAIL_TIMEOUT")  # seconds, each step of a mail
# RFC 5321, 4.5.3.2.6: the reply to the final dot may take ten minutes; hanging up sooner makes duplicates
EMAIL_REPLY_TIMEOUT = env.whole_number("EMAIL_REPLY_TIMEOUT")
MAIL_JOURNAL_ADDRESS = mailbox("MAIL_JOURNAL_ADDRESS")  # a second recipient of every mail
# Where its mails can be read; the embedded mailbox keeps every mail that it takes, so it is its own journal
MAIL_JOURNAL = env.journal("MAIL_JOURNAL", f"maildir:{quote(str(DATA_DIR / 'mailbox'))}" if _HAS_OWN_MAILBOX else "")
if MAIL_JOURNAL_ADDRESS and not MAIL_JOURNAL:
    raise ImproperlyConfigured("MAIL_JOURNAL_ADDRESS is set; set MAIL_JOURNAL too: where its mails are read.")
MAIL_CONNECTIONS = env.whole_number("MAIL_CONNECTIONS")  # of one worker, at the same time
STOP_SECONDS = env.whole_number("STOP_SECONDS")
MAIL_TEXT_DAYS = env.whole_number("MAIL_TEXT_DAYS")
MAIL_GRACE_SECONDS = env.whole_number("MAIL_GRACE_SECONDS")  # after which an unknown outcome is decided on
if not EMBEDDED and EMAIL_HOST_PASSWORD and not (EMAIL_USE_TLS or EMAIL_USE_SSL):
    raise ImproperlyConfigured("EMAIL_PASSWORD would travel in the clear; set EMAIL_USE_TLS=true or EMAIL_USE_SSL.")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = sender("MAIL_FROM")
MAINTENANCE_FILE = DATA_DIR / "maintenance"  # while it is there, every page says that the site will be back
MAILBOX_DIR = DATA_DIR / "mailbox"  # the embedded mailbox's Maildir, shown at /mailbox/

# -- API --------------------------------------------------------------------------------------------------------------
# Requests a minute, for each person and for each address without a token; 0 means no limit.
API_REQUESTS_PER_MINUTE = env.whole_number("API_REQUESTS_PER_MINUTE")
API_REQUESTS_PER_MINUTE_ANONYMOUS = env.whole_number("API_REQUESTS_PER_MINUTE_ANONYMOUS")
REST_FRAMEWORK = rest_framework_settings(proxies=1 if SECURE_PROXY_SSL_HEADER else 0)

# -- Jobs: tracker/celery.py has how tasks run, tracker/timetable.py which ones and when ------------------------------
BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)  # Celery's word for the same socket

# -- What isn't kept for ever (MAIL_TEXT_DAYS stands with mail) -------------------------------------------------------
WEBHOOK_LOG_DAYS = env.whole_number("WEBHOOK_LOG_DAYS")
IDEMPOTENCY_HOURS = env.whole_number("IDEMPOTENCY_HOURS")

# -- Watching ---------------------------------------------------------------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN")
HEARTBEAT_URL = env.text("HEARTBEAT_URL")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN can be guessed; set a random one of at least 20 characters.")
if HEARTBEAT_URL and not HEARTBEAT_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("HEARTBEAT_URL is no address; write https:// and whatever the watching service told.")

# -- Logs -------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.choice("LOG_LEVEL").upper()
LOG_FORMAT = env.choice("LOG_FORMAT")
LOGGING = logging_settings(level=LOG_LEVEL, form=LOG_FORMAT)
