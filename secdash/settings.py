"""Wiring only: what Django needs to know, read from the environment (README, "Settings")."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from secdash import __version__
from secdash.environment import (
    BASE,
    choice,
    data_directory,
    database,
    embedded_key,
    full_path,
    mail_server,
    number,
    openid_provider,
    queue_socket,
    role_mapping,
    setting,
)

BASE_DIR = BASE
DATA = data_directory()
QUEUE_SOCKET = queue_socket(DATA)
DEBUG = setting("SECDASH_DEBUG") == "1"
PUBLIC_URL = setting("SECDASH_URL", f"http://127.0.0.1:{setting('PORT', '8000')}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"

# Without a configured key each process draws its own: enough for the command line; a system check refuses the rest.
CONFIGURED_KEY = setting("SECDASH_SECRET_KEY") or embedded_key(DATA)
SECRET_KEY = CONFIGURED_KEY or get_random_secret_key()

_extra_hosts = [name for name in setting("SECDASH_ALLOWED_HOSTS").split(",") if name]
ALLOWED_HOSTS = [_public.hostname or "127.0.0.1", "127.0.0.1", "localhost", *_extra_hosts]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "secdash.web",
    "secdash.audit",
    "secdash.backups",
    "secdash.accounts",
    "secdash.fleet",
    "knowledge",
    "secdash.findings",
    "secdash.scans",
    "secdash.watching",
    "secdash.posture",
    "secdash.messaging",
    "secdash.reports",
    "secdash.api",
    "secdash.embedded",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Sign-in: second factors, devices, and another house's door (OpenID Connect).
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "secdash.api.request_numbers.RequestNumbers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "secdash.audit.middleware.FromWhere",
    "secdash.web.hardening.Hardened",
    "secdash.posture.middleware.NothingMoved",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "secdash.accounts.middleware.Rolling",
    "secdash.accounts.middleware.Language",
    "secdash.accounts.middleware.SignInFirst",
    "secdash.accounts.middleware.SecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "knowledge.middleware.FormerAddresses",
]

ROOT_URLCONF = "secdash.urls"
WSGI_APPLICATION = "secdash.wsgi.application"
ASGI_APPLICATION = "secdash.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "secdash.web.context.frame",
                "secdash.posture.context.rooms",
                "secdash.messaging.context.bell",
            ],
            "loaders": (
                ["django.template.loaders.filesystem.Loader"]
                if DEBUG
                else [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])]
            ),
        },
    }
]

# SQLite serves one worker and one web process: WAL lets them read while the other writes, IMMEDIATE makes a second
# writer wait instead of failing half-way.
_sqlite: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA / "secdash.sqlite3",
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    },
}
DATABASE_URL = setting("DATABASE_URL")
DATABASES: dict[str, Any] = {
    "default": {**database(DATABASE_URL), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} if DATABASE_URL else _sqlite
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = setting("REDIS_URL")
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "secdash.caching.Dispensable",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"secdash-{__version__}",  # another version may keep other things under the same name
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}
}

# Celery. On Redis a worker that died leaves its tasks unacknowledged: restored after the visibility time-out. The
# database is the truth all the same: a scan holds a lease, and the beat's tick takes up what lost its worker.
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{QUEUE_SOCKET}"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 10,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # after a hundred a worker would end, an hour into an outage of the queue
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 1_000_000_000  # else each task opens a connection: `web.kept_connections` says when it must
CELERY_TASK_DEFAULT_QUEUE = "secdash"
# Messages have a queue of their own, so that the worker which talks to the world need not be the one that talks to
# Engines. A worker that is not told otherwise serves both.
CELERY_TASK_QUEUES = [Queue("secdash"), Queue("secdash-messages")]
CELERY_TASK_ROUTES = {
    # The queue serves 0 first: whoever waits for one answer does not wait for the scans of the fleet.
    "secdash.scans.tasks.run_scan": {"queue": "secdash", "priority": 6},
    "secdash.scans.tasks.run_scans": {"queue": "secdash", "priority": 6},
    "secdash.messaging.tasks.deliver": {"queue": "secdash-messages"},
    "secdash.reports.tasks.mail_paper": {"queue": "secdash-messages"},
    "secdash.accounts.tasks.mail_reset": {"queue": "secdash-messages"},
}
CELERY_BEAT_SCHEDULER = "secdash.steady_beat:SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    "claim-due": {"task": "secdash.scans.tasks.tick", "schedule": 10.0},
    "reports": {"task": "secdash.reports.tasks.tick", "schedule": 60.0},
    "messages": {"task": "secdash.messaging.tasks.tick", "schedule": 30.0},
    "forget": {"task": "secdash.scans.tasks.forget", "schedule": 600.0},
    "rejudge": {"task": "secdash.scans.tasks.rejudge", "schedule": 300.0},
}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Sessions end after this time without use; `accounts.middleware.Rolling` writes them at most every few minutes.
SESSION_COOKIE_AGE = 3600 * number("SECDASH_SESSION_HOURS", 168, least=1, most=720)
# Who cannot go on without a second factor.
REQUIRE_MFA = choice("SECDASH_REQUIRE_MFA", "nobody", among=("nobody", "administrators", "everybody"))

# django-allauth has the ceremonies; the addresses, pages and rules are ours (accounts.urls, accounts.adapters).
ACCOUNT_ADAPTER = "secdash.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {"login": None}  # accounts.locking counts what is guessed, and says until when
MFA_ADAPTER = "secdash.accounts.adapters.FactorAdapter"
MFA_FORMS = {"add_webauthn": "secdash.accounts.forms.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "secdash"
MFA_TOTP_TOLERANCE = 1  # steps of half a minute by which a clock may be wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers themselves allow passkeys without TLS on localhost alone
SOCIALACCOUNT_ADAPTER = "secdash.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
OIDC = openid_provider()
OIDC_ROLE_CLAIM = setting("SECDASH_OIDC_ROLE_CLAIM", "groups")
OIDC_ROLES = role_mapping(setting("SECDASH_OIDC_ROLES"))
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [OIDC] if OIDC else []}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE / "secdash" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE / "staticfiles"
STATICFILES_DIRS = [BASE / "static"]
_collected = (STATIC_ROOT / "staticfiles.json").is_file() and not DEBUG
WHITENOISE_USE_FINDERS = not _collected
WHITENOISE_MANIFEST_STRICT = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Nothing inline, nothing from another origin, no frames.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^health/(live|ready)$"]
# A proxy of ours stands before us: what it says of the client's address and protocol holds.
BEHIND_PROXY = setting("SECDASH_BEHIND_PROXY") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# With HTTPS under names that a browser takes from this very host alone, never from a neighbour or over plain HTTP.
_cookie = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_cookie}sessionid", f"{_cookie}csrftoken"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "secdash.accounts.views.form_out_of_date"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DEFAULT_EXCEPTION_REPORTER_FILTER = "secdash.web.error_reports.Careful"
TRACING = setting("SECDASH_TRACING") == "1"
if TRACING:
    MIDDLEWARE.insert(0, "secdash.web.tracing.Traced")
# What one request may send: in fields, in all with its files, and how many of either.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MOST_BYTES = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    "secdash.web.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOG = choice("SECDASH_LOG", "text", among=("text", "json"))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "secdash.audit.log_lines.OneLine",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(ids)s%(message)s",
        },
        "json": {"()": "secdash.audit.log_lines.JsonLine"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json" if LOG == "json" else "line"}},
    "root": {"handlers": ["console"], "level": setting("SECDASH_LOG_LEVEL", "INFO")},
    # Both write addresses of channels, which are secrets, at any level; what goes wrong is said on the channel's page.
    "loggers": {
        "apprise": {"handlers": [], "level": "WARNING", "propagate": False},
        "urllib3.connectionpool": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},  # it tells of each page, and of each rule that paper does not know
        "fontTools": {"level": "ERROR"},
        # It has a handler of its own, which writes text.
        **({"gunicorn.error": {"handlers": [], "propagate": True}} if LOG == "json" else {}),
    },
}

# Scanning: minutes between scans of a host unless it says otherwise, and seconds one scan may take.
SCAN_INTERVAL = number("SECDASH_SCAN_INTERVAL", 60, least=5, most=10080)
SCAN_SECONDS = number("SECDASH_SCAN_SECONDS", 300, least=10, most=3600)
# Days for which things are kept: every scan; snapshots; each day's last scan and what was resolved; messages.
KEEP_SCANS = number("SECDASH_KEEP_SCANS", 30, least=2, most=365)
KEEP_SNAPSHOTS = number("SECDASH_KEEP_SNAPSHOTS", 365, least=2, most=3650)
KEEP_HISTORY = number("SECDASH_KEEP_HISTORY", 730, least=90, most=3650)
KEEP_MESSAGES = number("SECDASH_KEEP_MESSAGES", 90, least=7, most=730)
# Programs: requests that one token may make in a minute.
API_RATE = number("SECDASH_API_RATE", 300, least=1, most=100000)
# Watching: whether `manage.py up` runs a watcher; seconds after which the hosts of a silent watcher are taken over.
WATCH = setting("SECDASH_WATCH", "1") != "0"
WATCH_LEASE = number("SECDASH_WATCH_LEASE", 20, least=2, most=600)
# Processes below a watcher that look where something happened; where there are none, as on SQLite, it looks itself.
WATCH_PROCESSES = number("SECDASH_WATCH_PROCESSES", 2 if DATABASE_URL else 0, least=0, most=64)
# Whether anybody reads the guide without signing in, without live data.
PUBLIC_GUIDE = setting("SECDASH_PUBLIC_GUIDE") == "1"
# Where the root of the machine that the worker runs on is mounted, read-only: "/" unless the worker is in a container.
HOST_ROOT = full_path(setting("SECDASH_HOST_ROOT", "/"), name="SECDASH_HOST_ROOT")
# Messages: the mail server they go through, if any; and keys that seal addresses, the first of which seals.
MAIL = mail_server(setting("SECDASH_MAIL_URL"))
MAIL_FROM = setting("SECDASH_MAIL_FROM", f"secdash@{_public.hostname or 'localhost'}")
SEALING_KEYS = [key for key in setting("SECDASH_SEALING_KEYS").split(",") if key]
