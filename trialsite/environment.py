"""What the environment says, checked: all settings that differ between machines come from here; nonsense is refused.

ECRF_MODE             demo | production (when not said); the tests set `test`
ECRF_ROLE             web (when not said) | owner | watch: whom this process is to PostgreSQL
ECRF_TRIAL            which trial is served: the name of a folder of crf/trials; dcs_trd when not said
ECRF_VAR              folder for everything written at run time; `var/` and the trial's name when not said
ECRF_SECRET_KEY       production: at least 50 characters. Otherwise made once, in the folder above: secret.key.
                      Whoever changes it migrates again: the database knows the program by it
ECRF_SECRET_KEY_OLD   the key before this one, while sessions and TOTP secrets still use it
ECRF_HOSTS            names the site is served under, with commas; production must say
ECRF_HTTPS            production must say: proxy (it sets X-Forwarded-Proto) | direct (gunicorn has the certificate)
ECRF_PROXIES          with ECRF_HTTPS=proxy: the proxies whose X-Forwarded-For and -Proto are believed, with commas:
                      addresses, networks, or `unix` for a socket of this machine; this machine when not said
ECRF_ANCHORS          folder to which the heads of the audit trail are appended each hour, best on another
                      machine's disk; var/anchors when not said
ECRF_TSA              address of an RFC 3161 time stamp authority that stamps each anchor; none when not said
ECRF_TSA_ROOTS        file of the certificates (PEM) that its stamps must lead to; not looked at here when not said
ECRF_COPIES           file that says where the copy of each site goes each night, and for whose key it is closed
                      (trialsite/deploy/copies.toml); nothing is pushed when not said
ECRF_ARM_KEY_FILE     the key of the sealed arms; var/arm.key when not said
DATABASE_URL          postgresql://ecrf_web:...@host/name; the embedded cluster when not said
DATABASE_WATCH_URL    the same for ecrf_watch, given to `manage.py watch` with ECRF_ROLE=watch, and then no other
DATABASE_OWNER_URL    the same for ecrf_owner, given to migrations only
REPLICA_URL           the same as DATABASE_URL for a streaming replica, from which `manage.py work` reads what reports
                      and exports are made of, once it is level with the primary; the primary when not said
EMAIL_URL             smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465
ECRF_LOGS             json | text: how log lines look; json in production when not said
ECRF_METRICS_TOKEN    whoever bears it may read /metrics and the findings of /health/ready from another machine
ECRF_BACKUPS          folder for backups of the embedded database, on another disk: then every change is followed
ECRF_BACKUP_KEY_FILE  the key that closes them; var/backup.key when not said
ECRF_BACKUPS_KEPT     how many of them are kept; 14 when not said
PORT                  8000 when not said
ECRF_WORKERS          processes of the web server; one more than there are processors, four at most, when not said
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from trialsite import proxies
from trialsite.database import passwords, postgres, roles

DEFAULT_TRIAL = "dcs_trd"
MODES = ("demo", "production", "test")
ROLES = {"web": roles.WEB, "owner": roles.OWNER, "watch": roles.WATCH}


class BadEnvironment(ImproperlyConfigured):
    """A sentence for whoever starts the server: which variable, what is wrong, what to do."""


@dataclass(frozen=True)
class Environment:
    mode: str
    role: str
    trial: str
    var: Path
    secret_key: str
    old_secret_keys: tuple[str, ...]
    hosts: tuple[str, ...]
    https: str
    proxies: tuple
    arm_key_file: Path
    anchors: Path
    tsa: str
    tsa_roots: Path | None
    copies: Path | None
    database: dict
    replica: dict | None
    email: dict
    port: int
    workers: int
    embedded: bool
    logs: str
    metrics_token: str


HERE = ("localhost", "127.0.0.1", "::1")
#: What the samples of trialsite/deploy say in place of a secret. Everybody can read it there.
PLACEHOLDER = "CHANGE-ME"
SECRETS = ("ECRF_SECRET_KEY", "ECRF_SECRET_KEY_OLD", "ECRF_METRICS_TOKEN", "EMAIL_URL", "REPLICA_URL")
SECRETS += ("DATABASE_URL", "DATABASE_WATCH_URL", "DATABASE_OWNER_URL")
#: What says how the way to a database on another machine is protected; `prefer` and `allow` leave it open.
SAID = ("verify-full", "verify-ca", "require", "disable")


def read(environ: Mapping[str, str], base: Path) -> Environment:
    """Everything at once, so that one look says whether a process may start. `base` is the repository's folder."""
    mode = one_of(environ, "ECRF_MODE", MODES, "production")
    role = one_of(environ, "ECRF_ROLE", tuple(ROLES), "web")
    trial = one_of(environ, "ECRF_TRIAL", trials(base), DEFAULT_TRIAL)
    var = folder(environ, base)
    hosts = tuple(host.strip() for host in environ.get("ECRF_HOSTS", "").split(",") if host.strip())
    https = ""
    if mode == "production":
        refuse_what_the_samples_say(environ)
        if not hosts:
            raise BadEnvironment(
                "ECRF_HOSTS is not set. In production it names the host the site is served under (ecrf.example.org)."
                " To look at the demo instead, use `make run` or set ECRF_MODE=demo."
            )
        if "*" in hosts:
            raise BadEnvironment("ECRF_HOSTS may not be *: name the hosts.")
        if not environ.get("ECRF_HTTPS"):
            raise BadEnvironment(
                "ECRF_HTTPS is not set. Production is served over HTTPS only: say `proxy` if a proxy ends TLS and"
                " sets X-Forwarded-Proto, or `direct` if gunicorn holds the certificate."
            )
        https = one_of(environ, "ECRF_HTTPS", ("proxy", "direct"), "")
    else:
        hosts += ("localhost", "127.0.0.1", "[::1]")
    return Environment(
        mode=mode,
        role=role,
        trial=trial,
        var=var,
        secret_key=secret_key(environ, mode, var),
        old_secret_keys=tuple(filter(None, [environ.get("ECRF_SECRET_KEY_OLD")])),
        hosts=hosts,
        https=https,
        proxies=trusted(environ, https),
        arm_key_file=Path(environ.get("ECRF_ARM_KEY_FILE") or var / "arm.key").absolute(),
        anchors=Path(environ.get("ECRF_ANCHORS") or var / "anchors").absolute(),
        tsa=tsa(environ.get("ECRF_TSA", "")),
        tsa_roots=Path(environ["ECRF_TSA_ROOTS"]).absolute() if environ.get("ECRF_TSA_ROOTS") else None,
        copies=Path(environ["ECRF_COPIES"]).absolute() if environ.get("ECRF_COPIES") else None,
        database=database(environ, role, var),
        replica=replica(environ, role),
        email=email(environ.get("EMAIL_URL", "")),
        port=number(environ, "PORT", 8000, 65535),
        workers=number(environ, "ECRF_WORKERS", min(4, (os.cpu_count() or 1) + 1), 64),
        embedded=not (environ.get("DATABASE_URL") or environ.get("DATABASE_WATCH_URL")),
        logs=one_of(environ, "ECRF_LOGS", ("json", "text"), "json" if mode == "production" else "text"),
        metrics_token=metrics_token(environ.get("ECRF_METRICS_TOKEN", "")),
    )


def refuse_what_the_samples_say(environ: Mapping[str, str]) -> None:
    """A sample's secret key would do as well as a real one, for whoever has read the sample too."""
    if left := [name for name in SECRETS if PLACEHOLDER in environ.get(name, "").upper()]:
        raise BadEnvironment(
            f"{left[0]} still holds the sample's words ({PLACEHOLDER}…), which everybody can read."
            " Put a secret of your own there: `openssl rand -base64 48` makes one."
        )


def trials(base: Path) -> tuple[str, ...]:
    """The trials that have a definition, found without reading one: settings come before them."""
    return tuple(sorted(path.parent.name for path in (base / "crf" / "trials").glob("*/definition.py")))


def folder(environ: Mapping[str, str], base: Path) -> Path:
    """Where this deployment writes: a folder per trial, since one deployment serves one trial."""
    trial = environ.get("ECRF_TRIAL") or DEFAULT_TRIAL
    return Path(environ.get("ECRF_VAR") or base / "var" / trial).absolute()


def trusted(environ: Mapping[str, str], https: str) -> tuple:
    """The proxies in front. Nobody's headers are believed where no proxy is said to be there."""
    said = environ.get("ECRF_PROXIES") or ("127.0.0.1, ::1, unix" if https == "proxy" else "")
    if said and https == "direct":
        raise BadEnvironment("ECRF_PROXIES is set, but ECRF_HTTPS is `direct`: then there is no proxy.")
    try:
        return proxies.networks(said)
    except ValueError:
        raise BadEnvironment(
            f"ECRF_PROXIES is {said!r}. It holds addresses or networks, such as 10.0.0.5, 10.1.0.0/16, or unix."
        ) from None


def one_of(environ: Mapping[str, str], name: str, known: tuple[str, ...], otherwise: str) -> str:
    value = environ.get(name) or otherwise
    if value not in known:
        raise BadEnvironment(f"{name} is {value!r}. It can be {' or '.join(known)}.")
    return value


def number(environ: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    value = environ.get(name) or str(otherwise)
    if not (value.isascii() and value.isdigit() and len(value) < 9 and 0 < int(value) <= most):
        raise BadEnvironment(f"{name} is {value!r}. It is a number between 1 and {most}, such as {otherwise}.")
    return int(value)


def tsa(url: str) -> str:
    """Where time stamps are asked for; "" for nowhere."""
    if url and not url.startswith(("http://", "https://")):
        raise BadEnvironment(f"ECRF_TSA={url} is no address: say https://… of a time stamp authority (RFC 3161).")
    return url


def metrics_token(token: str) -> str:
    if token and (len(token) < 24 or not token.isascii()):
        raise BadEnvironment("ECRF_METRICS_TOKEN is too short: at least 24 random characters, or leave it out.")
    return token


def secret_key(environ: Mapping[str, str], mode: str, var: Path) -> str:
    """Given in production; elsewhere made once and kept, so that a restart does not sign everybody out."""
    key = environ.get("ECRF_SECRET_KEY", "")
    if key and (len(key) < 50 or len(set(key)) < 5):
        raise BadEnvironment("ECRF_SECRET_KEY is too short or too simple: at least 50 random characters.")
    if key:
        return key
    if mode == "production":
        raise BadEnvironment("ECRF_SECRET_KEY is not set. Production needs a secret of at least 50 random characters.")
    path = var / "secret.key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        mine = var / f"secret.key.{os.getpid()}"
        passwords.write_secret(mine, secrets.token_urlsafe(48))
        try:
            os.link(mine, path)  # fails if another process was first: then its key is the key
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text()


def database(environ: Mapping[str, str], role: str, var: Path) -> dict:
    """Django's words for this process's connection. Nothing is opened: libpq reads the password file on connecting."""
    url, owner_url = environ.get("DATABASE_URL"), environ.get("DATABASE_OWNER_URL")
    if owner_url and not url:
        raise BadEnvironment("DATABASE_OWNER_URL is set, DATABASE_URL is not. Set both, or neither.")
    watch_url = environ.get("DATABASE_WATCH_URL")
    if not url and not (role == "watch" and watch_url):
        where = {
            "HOST": str(postgres.socket_folder(var)),
            "PORT": "5432",
            "NAME": "ecrf",
            "USER": ROLES[role],
            "OPTIONS": {"passfile": str(passwords.passfile(var, ROLES[role]))},
        }
    elif role == "watch":
        if not watch_url:
            raise BadEnvironment("ECRF_ROLE is watch, but DATABASE_WATCH_URL is not set: the login of ecrf_watch.")
        where = parse("DATABASE_WATCH_URL", watch_url)
    elif role == "owner":
        if not owner_url:
            raise BadEnvironment("ECRF_ROLE is owner, but DATABASE_OWNER_URL is not set: the login of ecrf_owner.")
        where = parse("DATABASE_OWNER_URL", owner_url)
    else:
        where = parse("DATABASE_URL", url)
        if owner_url and parse("DATABASE_OWNER_URL", owner_url)["USER"] == where["USER"]:
            raise BadEnvironment("DATABASE_URL and DATABASE_OWNER_URL name one user. The pages may not own the tables.")
    if environ.get("ECRF_MODE", "production") == "production":
        refuse_another_login(where, role)
        refuse_unsaid_encryption(where)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,  # else each worker's first request after a restart of the database is a 500
        "ATOMIC_REQUESTS": False,  # a code break is two transactions (decisions/0002)
        **where,
    }


def replica(environ: Mapping[str, str], role: str) -> dict | None:
    """Where reports and exports are read, by the web's own login; None where no replica is named."""
    url = environ.get("REPLICA_URL")
    if not url or role != "web":
        return None
    if not environ.get("DATABASE_URL"):
        raise BadEnvironment("REPLICA_URL is set, DATABASE_URL is not. A replica is read beside a server, never alone.")
    where, primary = parse("REPLICA_URL", url), parse("DATABASE_URL", environ["DATABASE_URL"])
    if (where["USER"], where["NAME"]) != (primary["USER"], primary["NAME"]):
        raise BadEnvironment("REPLICA_URL and DATABASE_URL name different users or databases: a replica has the same.")
    if (where["HOST"], where["PORT"]) == (primary["HOST"], primary["PORT"]):
        raise BadEnvironment("REPLICA_URL and DATABASE_URL name one server. Leave REPLICA_URL out.")
    if environ.get("ECRF_MODE", "production") == "production":
        refuse_unsaid_encryption(where)
    return where


def refuse_another_login(where: dict, role: str) -> None:
    """Each program has the rights of its own role: none of them runs as the server's superuser, or as another."""
    if where["USER"] != ROLES[role]:
        raise BadEnvironment(
            f"The database's address names the user {where['USER']}: this program logs in as {ROLES[role]}, which"
            " has the rights it needs and no others. `manage.py prepare_database` prints how that role is made."
        )


def refuse_unsaid_encryption(where: dict) -> None:
    """libpq takes a connection in the clear where nothing is said: to another machine it must be said."""
    host, said = where["HOST"], where["OPTIONS"].get("sslmode")
    is_here = all(not one or one.startswith("/") or one in HERE for one in host.split(","))
    if not is_here and said not in SAID:
        raise BadEnvironment(
            "The database is on another machine, and its address does not say how the way there is encrypted. Write"
            " ...?sslmode=verify-full (with sslrootcert where the certificate is your own), or sslmode=disable if"
            " something else encrypts it."
        )


def parse(name: str, url: str) -> dict:
    """PostgreSQL's own parser, Django's words. Never repeats the URL: it holds a password."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise BadEnvironment(f"{name} must begin with postgresql:// (PostgreSQL is the only database).")
    try:
        found = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise BadEnvironment(f"{name} cannot be read. Write postgresql://user:password@host:5432/name.") from None
    if not found.get("dbname") or not found.get("user"):
        raise BadEnvironment(f"{name} must name a user and a database: postgresql://user:password@host:5432/name.")
    words = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    django = {word: str(found.pop(theirs, "")) for word, theirs in words.items()}
    return django | {"OPTIONS": found}


def email(url: str) -> dict:
    """Django's EMAIL_ settings, or nothing: then mail is written to files."""
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        found = parts.port
    except ValueError:
        parts, found = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadEnvironment(
            "EMAIL_URL cannot be read. It looks like smtp://user:password@host:587 or smtps://...:465."
        )
    safe = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": found or (465 if safe else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": safe,
        "EMAIL_USE_TLS": not safe,
    }
