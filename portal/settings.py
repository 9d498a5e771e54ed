"""Settings, read once from the environment; safe when nothing is set, loud when something set is wrong.

Every variable read here stands in `.env.example` and docs/operating.md (a house test holds that). With neither
DATABASE_URL nor REDIS_URL the addresses are those of the embedded servers below PORTAL_DATA; nothing is started here.
"""

from pathlib import Path

import environ

from portal import embedded
from portal.broker import find_broker_url
from portal.secret_key import load_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

PORTAL_DATA = Path(env.str("PORTAL_DATA", default="") or BASE_DIR / "var").resolve()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or load_secret_key(PORTAL_DATA)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # former keys: what they signed still holds
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- The portal's own rules -------------------------------------------------------------------------------------------
FOUR_EYES = env.bool("FOUR_EYES", default=True)  # whoever wrote a version can't approve it
PORTAL_NAME = env.str("PORTAL_NAME", default="Runbooks")
METRICS_TOKEN = env.str(
    "METRICS_TOKEN", default=""
)  # bearer token that may read /metrics; "" leaves it to administrators
PORTAL_BENCHMARK = env.bool("PORTAL_BENCHMARK", default=False)  # set by `manage.py benchmark`: adds its bare view
MAX_RUNBOOK_BYTES = 1_000_000  # a text saved in the pages
MAX_IMPORT_BYTES = 5_000_000  # a file given to import_runbooks
MAX_IMAGE_BYTES = 5_000_000
DEFAULT_REVIEW_DAYS = 90  # between reviews, where neither the runbook nor its team says so
# Without these no version becomes active, where a team has no rules of its own; see runbooks.models.Gate.
DEFAULT_GATES = env.list("DEFAULT_GATES", default=["links", "placeholders"])
ESCALATION_REPEAT_MINUTES = env.int(
    "ESCALATION_REPEAT_MINUTES", default=30
)  # a silent ladder is called again; 0: never
MAINTENANCE_NOTICE_HOURS = env.int("MAINTENANCE_NOTICE_HOURS", default=72)  # before it begins, it is announced
RUN_QUIET_HOURS = env.int("RUN_QUIET_HOURS", default=4)  # without a step, it is asked whether a run still goes on
# Links that lead out of runbooks: whether they are asked, a host at most so often, an answer may take so long.
LINK_CHECKS = env.bool("LINK_CHECKS", default=True)
LINK_PRIVATE_NETWORKS = env.bool("LINK_PRIVATE_NETWORKS", default=False)  # whether they are asked in them too
LINK_HOST_SECONDS = env.float("LINK_HOST_SECONDS", default=2.0)  # between the end of one question and the next
LINK_TIMEOUT_SECONDS = env.float("LINK_TIMEOUT_SECONDS", default=10.0)
POSTMORTEM_HOURS = env.int("POSTMORTEM_HOURS", default=48)  # from resolving until a post-mortem is due in review

# Labels of an alert that may name its service, by slug or name; the first that does decides.
ALERT_SERVICE_LABELS = env.list("ALERT_SERVICE_LABELS", default=["service", "app", "application", "job"])
ALERT_PAYLOAD_DAYS = env.int("ALERT_PAYLOAD_DAYS", default=30)  # what monitoring sent, byte for byte, is kept so long
MAX_HOOK_BYTES = 1_000_000  # a request of a machine

# --- Apps -------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.admin_apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "markdownx",
    "ninja",
    "pgtrigger",
    "accounts",
    "oncall",
    "runbooks",
    "incidents",
    "handoffs",
    "portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.LoginRequiredMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
                "portal.context.look",
            ],
        },
    }
]

# --- PostgreSQL and Redis: one engine everywhere ------------------------------------------------------------------------
_embedded = embedded.urls(PORTAL_DATA)
DATABASES = {"default": env.db_url("DATABASE_URL", default=_embedded.database)}
# Connections wait in psycopg's pool, and are tried before use, so that a restarted server costs no failed request.
DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL_SIZE", default=8),
    "timeout": 10,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="") or _embedded.redis
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
    },
    # Parts of pages ({% cache %}). Their keys change with what they show, so every process may keep its own.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "template-fragments",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # read from Redis, kept in PostgreSQL
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

CELERY_BROKER_URL = find_broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for a broker that is away, however long
# A page that nudges the worker must not wait for a broker that is away.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_TASK_IGNORE_RESULT = True  # and acknowledged when they begin: a task is a nudge, the rows say what is left
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "portal.beat:SingleScheduler"
CELERY_BEAT_SCHEDULE = {
    "clear expired sessions": {"task": "portal.tasks.clear_expired_sessions", "schedule": 60 * 60 * 24},
    "refresh search": {"task": "runbooks.tasks.refresh_search", "schedule": 60},
    "age runbooks": {"task": "runbooks.tasks.age_runbooks", "schedule": 60 * 60, "options": {"expires": 60 * 30}},
    "notice gone people": {
        "task": "runbooks.tasks.notice_gone_people",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 30},
    },
    "notice changed services": {
        "task": "runbooks.tasks.notice_changed_services",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 30},
    },
    "publish shifts": {"task": "oncall.tasks.publish_shifts", "schedule": 60 * 60},
    "check shifts": {"task": "oncall.tasks.check_shifts", "schedule": 60 * 10},
    "report gaps": {"task": "oncall.tasks.report_gaps", "schedule": 60 * 30},
    "check links": {"task": "runbooks.tasks.check_links", "schedule": 60, "options": {"expires": 60}},
    "forget links": {"task": "runbooks.tasks.forget_links", "schedule": 60 * 60 * 24, "options": {"expires": 60 * 60}},
    "remind of post-mortems": {"task": "incidents.tasks.remind_of_postmortems", "schedule": 60 * 15},
    "ask about runs": {"task": "incidents.tasks.ask_about_runs", "schedule": 60 * 10},
    "remind of action items": {"task": "incidents.tasks.remind_of_actions", "schedule": 60 * 60},
    # A level is called within seconds of its time; a sweep that finds nothing is one query.
    "escalate": {"task": "incidents.tasks.escalate", "schedule": 2, "options": {"expires": 2}},
    # As below: a nudge comes with each payload, this finds what a lost one left.
    "take alerts apart": {"task": "incidents.tasks.take_alerts_apart", "schedule": 5, "options": {"expires": 5}},
    "forget alert payloads": {"task": "incidents.tasks.forget_alert_payloads", "schedule": 60 * 60 * 24},
    "remind of updates": {"task": "incidents.tasks.remind_of_updates", "schedule": 60},
    "announce maintenance": {"task": "incidents.tasks.announce_maintenance", "schedule": 60},
    "remind of watch items": {"task": "incidents.tasks.remind_of_watch_items", "schedule": 60 * 5},
    # Everybody's own 09:00: of the zones that are done for the day it asks one query.
    "send reminders": {"task": "runbooks.tasks.send_reminders", "schedule": 60 * 5, "options": {"expires": 60 * 5}},
    "open handoffs": {"task": "handoffs.tasks.open_handoffs", "schedule": 60, "options": {"expires": 60}},
    "remind of handoffs": {"task": "handoffs.tasks.remind_late", "schedule": 30, "options": {"expires": 30}},
    # A nudge comes with each notification; these find what a lost one left, pauses that are over, and leases that ran out.
    "deliver mail": {
        "task": "oncall.tasks.deliver",
        "schedule": 10,
        "kwargs": {"lane": "mail"},
        "options": {"expires": 10},
    },
    "deliver the rest": {
        "task": "oncall.tasks.deliver",
        "schedule": 10,
        "kwargs": {"lane": "other"},
        "options": {"expires": 10},
    },
}

# --- People -------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm"}

# --- Time, language ---------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ------------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(PORTAL_DATA / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str("STATIC_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * MAX_RUNBOOK_BYTES  # too long a text gets an answer that says so
MARKDOWNX_MARKDOWNIFY_FUNCTION = "runbooks.rendering.preview"
STEP_SOURCES = "incidents.steps.find_sources"  # what of a text can be run: runbooks themselves know no runs
CONTACT_MENTIONS = "runbooks.people_found.find_mentions"  # which pages name a contact: on-call itself knows no runbooks

# --- Safety -----------------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "https:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PORTAL_HTTPS = env.bool("PORTAL_HTTPS", default=False)  # set when a proxy in front speaks TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PORTAL_HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if PORTAL_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PORTAL_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PORTAL_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Mail, and logs: one JSON line per record ---------------------------------------------------------------------
# Without a mail server, mails land in the portal's own mailbox page.
if _mail := env.str("EMAIL_URL", default=""):
    vars().update(env.email_url_config(_mail))
else:
    EMAIL_BACKEND = "oncall.outbox.mailbox.MailboxBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Runbooks <runbooks@localhost>")
OUTBOX_SEND_SECONDS = env.float(
    "OUTBOX_SEND_SECONDS", default=20.0
)  # a message may take; a claim holds three times that
EMAIL_TIMEOUT = OUTBOX_SEND_SECONDS
OUTBOX_PRIVATE_NETWORKS = env.bool("OUTBOX_PRIVATE_NETWORKS", default=False)  # whether webhooks may lead into them
PORTAL_URL = (env.str("PORTAL_URL", default="") or f"http://localhost:{env.str('PORT', default='') or 8000}").rstrip(
    "/"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "portal.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]},
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # The request log already says 4xx and 5xx; django.request adds the traceback of a 500 and nothing else.
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
    },
}
