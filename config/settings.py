"""One file of settings; the environment alone decides how it runs (see .env.example).

Embedded (DATABASE_URL unset): one process, its own PostgreSQL, the demo. Distributed: everything named by address.
"""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from config import embedded, env, keys

# The tzdata wheel is newer than most systems' zone files; zones are law, and laws change.
os.environ.setdefault("PYTHONTZPATH", "")

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED = not env.text("DATABASE_URL")
DEMO = EMBEDDED
DEBUG = env.flag("DEBUG")

_kept = embedded.home() if EMBEDDED else None
SECRET_KEY = keys.secret_key(_kept)
DATA_KEYS = keys.keyring(_kept)

SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "scheduling",
    "navigation",
    "realtime",
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "scheduling.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "scheduling.middleware.bearer",
    "scheduling.problems.Refusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "scheduling.views.context.site",
            ],
            "builtins": ["scheduling.templatetags.words"],
        },
    }
]

# --- the database ----------------------------------------------------------------------------------------------------

DATABASES = {
    "default": {
        "ENGINE": "config.postgres",
        **({"NAME": embedded.DATABASE} if EMBEDDED else env.database("DATABASE_URL")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL", 12), "timeout": 10},
            # The server prepares what it has seen three times: planning costs more than answering.
            "server_side_binding": True,
            "prepare_threshold": 3,
            "options": "-c jit=off -c statement_timeout=30s -c lock_timeout=5s",
        },
    }
}

# --- what wakes the sweeps, and what carries "look again" ------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
# 1 s is kombu's default for the in-memory broker: every task would wait that long.
CELERY_BROKER_TRANSPORT_OPTIONS = {} if REDIS_URL else {"polling_interval": 0.02}
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND_THREAD_SAFE = True  # one for all: each request has a thread of its own
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

if REDIS_URL:
    # Not RedisChannelLayer: its default pool leaves stale group members when a thousand sockets close at once.
    _layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
else:
    _layer = {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
CHANNEL_LAYERS = {"default": _layer}

# --- people ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "scheduling.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend", "scheduling.backends.ByPhone"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "scheduling.views.accounts.Adapter"
ACCOUNT_FORMS = {"login": "scheduling.views.accounts.SignIn"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is written to because a stranger typed their address
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Acompaña"
# Outside the demo, staff without a second factor reach only the page where it is set up.
SECOND_FACTOR_REQUIRED = not DEMO

SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
# Not "no-referrer": browsers then send a form without its origin, and the check against forgery refuses it.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_https = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
CSRF_FAILURE_VIEW = "scheduling.problems.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# --- words and time --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "lengua"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_ZONE = env.text("DEFAULT_ZONE", "America/Chicago")

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- the service -----------------------------------------------------------------------------------------------------

DEFAULT_ORGANIZATION = env.text("DEFAULT_ORGANIZATION", "acompana")
HELP_PHONE = env.text("HELP_PHONE", "+18005550142")
QUICK_EXIT_URL = env.text("QUICK_EXIT_URL", "https://www.google.com/search?q=clima")
RED_FLAGS_OFF = env.words("RED_FLAGS_OFF")  # codes of red flags a deployment has switched off
SMS_GATEWAY = env.text("SMS_GATEWAY", "scheduling.gateways.outbox" if DEMO else "scheduling.gateways.missing")
SMS_HTTP_URL = env.text("SMS_HTTP_URL")
SMS_HTTP_TOKEN = env.text("SMS_HTTP_TOKEN")
SMS_HTTP_SECRET = env.text("SMS_HTTP_SECRET")
EMAIL_GATEWAY = env.text("EMAIL_GATEWAY", "scheduling.gateways.outbox" if DEMO else "scheduling.gateways.smtp")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "no-reply@acompana.invalid")

FEEDS_MAY_BE_LOCAL = False  # tests alone read calendars from this machine

ROOM_PROVIDER = env.text("ROOM_PROVIDER", "peer")
STUN_URLS = env.words("STUN_URLS")
TURN_URLS = env.words("TURN_URLS")
TURN_SECRET = env.text("TURN_SECRET")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "config.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]},
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
