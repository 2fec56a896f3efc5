"""Settings, all from the environment (the README's table lists every variable)."""

from __future__ import annotations

from pathlib import Path

import django_stubs_ext
import environ

from prayermap import embedded
from prayermap.lib.absent import absent

django_stubs_ext.monkeypatch()  # lets `ModelAdmin[User]` stand in a class statement
with absent("pygments", "requests", "yaml"):
    import rest_framework.compat  # noqa: F401 - it loads what it finds of optional packages: 6 MB in every process

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- where things are ---------------------------------------------------------------------------
PRAYERMAP_DATA = Path(env.str("PRAYERMAP_DATA", str(BASE_DIR / ".local"))).resolve()
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
#: Origins whose pages may open the socket; a page of this very host always may.
SOCKET_ORIGINS = env.list("SOCKET_ORIGINS", default=[])
#: How many proxies stand in front and set X-Forwarded-For; 0: the peer's address counts.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

# --- PostgreSQL and Valkey: the embedded ones where no address is given -------------------------
_embedded = embedded.addresses(PRAYERMAP_DATA)
DATABASE_URL = env.str("DATABASE_URL", _embedded.database_url)
DATABASE_OWNER_URL = env.str(
    "DATABASE_OWNER_URL", "" if "DATABASE_URL" in env.ENVIRON else _embedded.database_owner_url
)
REDIS_URL = env.str("REDIS_URL", _embedded.redis_url)
DB_POOL_MAX = env.int("DB_POOL_MAX", 16)

DATABASES = {
    # The request login: no owner, no bypass of row-level security. A native pool, since persistent
    # connections leak under ASGI (one for each request thread that ended).
    "default": {
        **env.db_url_config(DATABASE_URL),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # the pool asks before it hands out: after a restart nothing fails
        "TEST": {"MIRROR": "owner"},
    },
    # Migrations, partitions and test databases; never used while answering a request.
    "owner": {**env.db_url_config(DATABASE_OWNER_URL or DATABASE_URL), "CONN_MAX_AGE": 0},
}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": DB_POOL_MAX,
    "timeout": 10,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # By its third protocol, redis-py writes whatever is published into a debugging line that nobody reads.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "protocol": 2}]},
    }
}

# --- the product ---------------------------------------------------------------------------------
# daphne is not among them: `prayermap.server` starts it, and as an app it loads Twisted into every process (27 MB).
INSTALLED_APPS = [
    "moderation.apps.AdminSiteConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts",
    "notifications",
    "prayers",
    "messaging",
    "moderation",
    "prayermap.apps.WiringConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "prayermap.lib.http.policy.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "prayermap.urls"
ASGI_APPLICATION = "prayermap.asgi.application"
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
            ]
        },
    }
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = PRAYERMAP_DATA / "static"
#: An S3 bucket for what people send; empty: files. boto3 reads the keys itself (AWS_ACCESS_KEY_ID and so on).
MEDIA_BUCKET = env.str("MEDIA_BUCKET", "")
MEDIA_BUCKET_ENDPOINT = env.str("MEDIA_BUCKET_ENDPOINT", "")
MEDIA_BUCKET_REGION = env.str("MEDIA_BUCKET_REGION", "")
STORAGES = {
    # What people send. Nothing is handed out from there but through an authorised request.
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_BUCKET,
            "endpoint_url": MEDIA_BUCKET_ENDPOINT or None,
            "region_name": MEDIA_BUCKET_REGION or None,
            "addressing_style": "path" if MEDIA_BUCKET_ENDPOINT else "auto",
            "signature_version": "s3v4",
        },
    }
    if MEDIA_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": PRAYERMAP_DATA / "media",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    if not DEBUG
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

# --- security ------------------------------------------------------------------------------------
#: The product speaks HTTPS wherever it is not being tried out; a proxy in front ends TLS.
HTTPS = env.bool("HTTPS", not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "prayermap.lib.http.problems.csrf_failure"

# --- accounts ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
ACCESS_TOKEN_SECONDS = env.int("ACCESS_TOKEN_SECONDS", 900)
REFRESH_TOKEN_DAYS = env.int("REFRESH_TOKEN_DAYS", 60)
TICKET_SECONDS = 30
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.console.EmailBackend"
    if DEBUG
    else "django.core.mail.backends.smtp.EmailBackend",
)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "PrayerMap <no-reply@localhost>")
#: Browsers sign in through allauth's pages; a suspended person is nobody to this backend.
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "PrayerMap"

# --- notifications --------------------------------------------------------------------------------
#: Signs pushes: 32 bytes in URL-safe base64, or PEM; by default the file that `make_vapid_key` makes.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")
#: `mailto:` or `https:` address at which push services reach the operator; by default the sender of mail.
VAPID_SUBJECT = env.str("VAPID_SUBJECT", "")
#: Within this time after a push about a conversation, what follows waits and comes as one.
PUSH_WINDOW_SECONDS = env.int("PUSH_WINDOW_SECONDS", 120)
#: A mail tells of what has been unread for so long, and comes not more often than that.
EMAIL_AFTER_SECONDS = env.int("EMAIL_AFTER_SECONDS", 900)
EMAIL_EVERY_SECONDS = env.int("EMAIL_EVERY_SECONDS", 3_600)
#: Where the links of mails lead.
PUBLIC_URL = env.str("PUBLIC_URL", "")
#: For tests: push services on this machine, over http.
PUSH_TO_LOOPBACK = env.bool("PUSH_TO_LOOPBACK", False)
PUSH_DEVICES = 20

# --- people's rights -----------------------------------------------------------------------------
#: How long somebody may think it over before they are erased.
ERASURE_GRACE_DAYS = env.int("ERASURE_GRACE_DAYS", 14)
#: How long a copy of somebody's data may be fetched, and how long each link to it works.
EXPORT_DAYS = env.int("EXPORT_DAYS", 7)
EXPORT_LINK_SECONDS = 600
#: Whom to erase again after a backup was restored: a file that no backup of the database holds.
ERASURE_LEDGER = env.str("ERASURE_LEDGER", str(PRAYERMAP_DATA / "erasure_ledger.jsonl"))

# --- limits: every one answers with its code and the time to wait -------------------------------
REQUEST_BYTES = 1_048_576
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BYTES
FRAME_BYTES = 262_144
CONTENT_CHARS = 10_000
ACTIVE_MEMBERS = 1_024
MENTIONS = 100
SOCKETS_PER_USER = env.int("SOCKETS_PER_USER", 10)
#: Sockets that one process welcomes at once; 32 times as many wait, the others are told when to come back.
ARRIVALS_AT_ONCE = env.int("ARRIVALS_AT_ONCE", 16)
FRAMES_PER_SECOND = env.float("FRAMES_PER_SECOND", 20)
FRAMES_BURST = env.int("FRAMES_BURST", 60)
REQUESTS_PER_SECOND = env.float("REQUESTS_PER_SECOND", 20)
REQUESTS_BURST = env.int("REQUESTS_BURST", 600)
MESSAGES_PER_SECOND = env.float("MESSAGES_PER_SECOND", 1)
MESSAGES_BURST = env.int("MESSAGES_BURST", 60)
SOCKET_QUEUE_FRAMES = env.int("SOCKET_QUEUE_FRAMES", 1_000)
WRITER_QUEUE = env.int("WRITER_QUEUE", 5_000)
#: How long a worker may hold queued messages before it counts as dead and another one sends them.
QUEUE_LEASE_SECONDS = env.float("QUEUE_LEASE_SECONDS", 60)
#: For a socket: how long its sign-in holds before `auth.refresh`, and how long it may be silent.
SOCKET_SECONDS = env.int("SOCKET_SECONDS", 3_600)
HEARTBEAT_SECONDS = env.int("HEARTBEAT_SECONDS", 30)
#: How long a memorial line is shown; ten years once its prayer is answered.
LINE_DAYS = env.int("LINE_DAYS", 365)
INVITATIONS_PER_DAY = env.int("INVITATIONS_PER_DAY", 0 if DEBUG else 20)  # 0: no limit
INVITATIONS_PER_DAY_NEW = env.int("INVITATIONS_PER_DAY_NEW", 0 if DEBUG else 5)  # accounts under 7 days
LIMITS = {
    "sign-in by address": env.str("LIMIT_SIGN_IN_ADDRESS", "10/5minutes"),
    "sign-in by ip": env.str("LIMIT_SIGN_IN_IP", "1000/5minutes" if DEBUG else "100/5minutes"),
    "registration": env.str("LIMIT_REGISTRATION", "1000/hour" if DEBUG else "20/hour"),
    "ticket": env.str("LIMIT_TICKETS", "10/minute"),
    "conversations": env.str("LIMIT_CONVERSATIONS", "100/day"),
    "search": env.str("LIMIT_SEARCH", "120/minute"),
    "map": env.str("LIMIT_MAP", "240/minute"),
    "prayers": env.str("LIMIT_PRAYERS", "50/day"),
    "responses": env.str("LIMIT_RESPONSES", "500/day"),
    "renames": env.str("LIMIT_RENAMES", "30/hour"),
    "reports": env.str("LIMIT_REPORTS", "100/day"),
    "exports": env.str("LIMIT_EXPORTS", "5/day"),
    "uploads": env.str("LIMIT_UPLOADS", "1000/hour" if DEBUG else "100/hour"),
}

# --- moderation ----------------------------------------------------------------------------------
#: How long sealed texts of a closed case are kept.
EVIDENCE_DAYS = env.int("EVIDENCE_DAYS", 180)
#: What the server notices by itself, and which of it opens a case alone; the others only make an open one graver.
SIGNALS = env.list("SIGNALS", default=["self_harm", "threat", "contact", "profanity", "rate", "new_account"])
SIGNALS_ALONE = env.list("SIGNALS_ALONE", default=["self_harm", "threat", "contact", "rate", "new_account"])
#: A file of more phrases, in any language: `threat: ich bring dich um`, one a line.
SIGNAL_PHRASES = env.str("SIGNAL_PHRASES", "")
#: So many messages of a member in ten minutes, and conversations of an account under 7 days in an hour.
SIGNAL_RATE = env.int("SIGNAL_RATE", 200)
SIGNAL_NEW_CONVERSATIONS = env.int("SIGNAL_NEW_CONVERSATIONS", 6)
#: How long messages are kept, by kind of conversation: `prayer_response=730,group_prayer=365`. Others for ever.
RETENTION_DAYS = dict(pair.partition("=")[::2] for pair in env.list("RETENTION_DAYS", default=[]))
#: Months that ended so many days ago go into the archive by themselves, 90 at least; 0: only when somebody asks.
ARCHIVE_AFTER_DAYS = env.int("ARCHIVE_AFTER_DAYS", 0)

# --- files that people send ----------------------------------------------------------------------
IMAGE_BYTES = env.int("IMAGE_BYTES", 10_485_760)
IMAGE_PIXELS = env.int("IMAGE_PIXELS", 50_000_000)
AUDIO_BYTES = env.int("AUDIO_BYTES", 26_214_400)
VIDEO_BYTES = env.int("VIDEO_BYTES", 104_857_600)
MEDIA_BYTES_PER_PERSON = env.int("MEDIA_BYTES_PER_PERSON", 1_073_741_824)
#: A process cleans so many files at once; a picture takes up to 400 MB meanwhile.
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", 2)
#: A request that uploads: the largest file, and what a form puts around it.
UPLOAD_BYTES = max(IMAGE_BYTES, AUDIO_BYTES, VIDEO_BYTES) + 65_536
#: How long a link to a file opens it, at least.
LINK_SECONDS = env.int("LINK_SECONDS", 3_600)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]  # never in memory

# --- REST ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["prayermap.lib.http.rendering.MsgspecRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "prayermap.lib.http.problems.problem",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PrayerMap messaging",
    "DESCRIPTION": "Conversations that grow from prayers. Sockets are described by /api/v1/asyncapi.json.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],  # for everybody, also with a token that ran out
    "PREPROCESSING_HOOKS": ["prayermap.documentation.prepare"],
    "POSTPROCESSING_HOOKS": ["prayermap.lib.http.documentation.add_components"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- logs: to standard error, never with what people wrote --------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "level": "NOTSET"},
        # A refused request is the client's affair, and its path names a conversation.
        "django.request": {"level": "ERROR"},
    },
}
