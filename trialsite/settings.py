"""Django's settings. What differs between machines is read and checked in `environment.py`."""

import os
from datetime import timedelta
from pathlib import Path

from trialsite import environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = environment.read(os.environ, BASE_DIR)

MODE, ROLE = ENV.mode, ENV.role
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
VAR = ENV.var
if ROLE != "owner" and not os.access(os.path.expanduser("~"), os.W_OK):
    # An account of a service has no home: where matplotlib keeps what it found of fonts.
    os.environ.setdefault("MPLCONFIGDIR", str(VAR / "matplotlib"))
TRIAL = ENV.trial
ARM_KEY_FILE = ENV.arm_key_file
ANCHORS, ANCHOR_KEY_FILE = ENV.anchors, VAR / "anchor.key"
TSA, TSA_ROOTS = ENV.tsa, ENV.tsa_roots
COPIES = ENV.copies
MFA_REQUIRED = PRODUCTION

DEBUG = False  # a page with a traceback shows values of subjects
SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = list(ENV.old_secret_keys)
ALLOWED_HOSTS = list(ENV.hosts)
PROXIES = ENV.proxies
ROOT_URLCONF = "trialsite.urls"
WSGI_APPLICATION = "trialsite.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "trialsite",
    "crf",
    f"crf.trials.{ENV.trial}",
    "crf.allocation",
    "analysis",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "js_lib_bootstrap5",
    "pgtrigger",
]

MIDDLEWARE = [
    "crf.middleware.received",  # outermost: the time at which the request came
    "trialsite.middleware.headers",  # outermost: also what is refused further in bears them
    "trialsite.proxies.real_address",
    "trialsite.operations.requests.requests",  # numbers and logs each; answers probes before anything can fail
    "trialsite.middleware.plain_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages; padded at random against BREACH (decisions/0004)
    "trialsite.middleware.Session",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trialsite.middleware.session_limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "trialsite.middleware.known_device",
    "trialsite.middleware.second_factor",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # deny by default: a page says when it needs nobody
    "crf.middleware.sites_wall",  # after the user is known, nearest to the pages
    "crf.middleware.own_account",
    "crf.middleware.Refusals",
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
                "crf.views.frame.frame",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- the database, and what is counted in it

DATABASES = {"default": ENV.database}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)  # seconds: a server that is away is said so soon
# A migration waits so long for a table that is in use; longer, and every page would wait behind it. What a page asks
# for takes milliseconds, and some of it PostgreSQL would compile at each run, for longer than it runs then.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c lock_timeout=10s" if ROLE == "owner" else "-c jit=off")
REPLICA = ENV.replica  # read by what makes reports and exports alone (trialsite/database/replica.py)
# Sign-in is limited per address and account. The counts must be one for all workers and hosts, so: in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ecrf_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# -- people

AUTH_USER_MODEL = "crf.User"
AUTHENTICATION_BACKENDS = ["trialsite.accounts.OneLook"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "trialsite.known_words.KnownWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "trialsite.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is confirmed by the link that sets the first password
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a new password or second factor is told to the person
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # whoever has no account gets no mail
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {"login": "trialsite.accounts.SignIn", "reset_password": "trialsite.accounts.ForgottenPassword"}
# Wrong passwords are counted by crf/actions/guessing.py. These bound what one address can make the server do: a whole
# hospital has one address.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "60/m/ip,10/300s/key"}
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "trialsite.accounts.SecondFactors"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "eCRF"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

SESSION_ENGINE = "trialsite.sessions"
DEVICE_COOKIE = "device"  # which browsers a person signed in with before (trialsite/devices.py)
SESSION_IDLE = timedelta(minutes=15)
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, DEVICE_COOKIE = "__Host-session", "__Host-csrf", "__Host-device"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS]
    if ENV.https == "proxy":
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Files that were made for somebody (reports, data) are thrown away after this time.
OUTPUTS_KEPT = timedelta(days=7)
UNBLINDED_OUTPUTS_KEPT = timedelta(days=1)
OUTPUT_KINDS = (
    "crf.actions.record_outputs",
    "crf.actions.trail_outputs",
    "analysis.outputs",
)  # modules that make known what can be made in the background
OUTPUTS_AT_ONCE = False  # True: in the request itself, where no worker runs (tests)

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes: the longest form is a few kilobytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# -- the surface

LANGUAGE_CODE = "en"
USE_I18N = False  # one language: nothing is looked up in catalogues, at every number and address of every page
USE_TZ = True
TIME_ZONE = "UTC"  # pages show local time by site
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "trialsite" / "static"]
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"  # the manifest wants collectstatic
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    }
}
WHITENOISE_AUTOREFRESH = False

# -- mail and log

# Where mails point to. The first host is the one people know.
PUBLIC_ADDRESS = f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else f"http://localhost:{ENV.port}"
ANCHOR_ORIGIN = f"{ALLOWED_HOSTS[0].lstrip('.')}/audit-trail"  # whose log it is, in every checkpoint
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"eCRF <no-reply@{ALLOWED_HOSTS[0].lstrip('.')}>"
EMAIL_BACKEND = "trialsite.operations.outgoing.Outbox"  # rows of the database; `manage.py watch` sends them
if ENV.email:
    MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_TIMEOUT = 20
    globals().update(ENV.email)
else:
    MAIL_TRANSPORT = "trialsite.mailbox.Folder"
    EMAIL_FILE_PATH = VAR / "mail"

METRICS_TOKEN = ENV.metrics_token
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"()": "trialsite.logs.Quiet"}, "json": {"()": "trialsite.logs.Json"}},
    "filters": {"requests": {"()": "trialsite.logs.Requests"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": ENV.logs, "filters": ["requests"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},  # Django's own mails requests
        "django.db.backends": {"level": "WARNING"},  # no SQL
        "ecrf": {"level": "INFO" if PRODUCTION else "WARNING"},  # a line for each request, and who came in
        "ecrf.security": {"level": "INFO" if PRODUCTION else "ERROR"},
    },
}
