"""config.yaml as frozen models. Secrets come only from IVR_* variables; paths are relative to the file's folder.

Only app.py, cli.py and the adapters' constructors see these models; the rooms below get plain values.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    WebsocketUrl,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.config_mistakes import told
from ivr.dialogue.week import parse_week
from ivr.domain.errors import ConfigurationError
from ivr.specialists import SpecialistName, SpecialistSettings

Port = Annotated[int, Field(ge=1, le=65535)]
Standard = Literal["noviten", "rosatom", "gazprom_bryansk", "omskenergo", "belgorod"]
ZONES = {"omskenergo": "Asia/Omsk"}
"""Zones of the standards' own regions; of all others Moscow's."""
MOSCOW = "Europe/Moscow"
_WEBSOCKET = TypeAdapter(WebsocketUrl)


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sip(Section):
    host: str = Field("127.0.0.1", description="Address that SIP and RTP bind to.")
    port: Port = Field(5060, description="SIP over UDP.")
    rtp_first: Port = Field(10000, description="First UDP port of the sound.")
    rtp_last: Port = Field(13999, description="Last UDP port of the sound; a call takes two.")
    carrier: tuple[str, ...] = Field(
        ("127.0.0.1/32",), description="The carrier's addresses (CIDR). Calls from anywhere else are refused."
    )
    operators: tuple[str, ...] = Field(
        ("127.0.0.1/32",), description="Networks (CIDR) that operators' softphones may come from."
    )
    trunk: str = Field(
        "",
        pattern=r"^([A-Za-z0-9.-]+(:\d{1,5})?)?$",
        description="The carrier's address, HOST:PORT, for calls to customers; left out: nobody is rung back.",
    )

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.rtp_last - self.rtp_first < 3:
            raise ValueError("rtp_last must be at least 3 above rtp_first")
        return self


class Asterisk(Section):
    binary: str = Field(
        "private", description="'private' for the copy that scripts/run.sh made, or the path of an Asterisk >= 22."
    )
    private_root: Path = Field(Path("var/asterisk"), description="Where the private copy lies.")
    state: Path = Field(Path("var/centre"), description="Generated configuration, sockets, logs and journal.")
    ami_port: Port = 5038
    action_timeout_s: float = Field(5.0, gt=0, description="Deadline of one AMI action.")
    reconnect_first_s: float = Field(0.2, gt=0, description="First pause before a reconnect; it doubles, with jitter.")
    reconnect_cap_s: float = Field(10.0, gt=0, description="The longest pause before a reconnect.")
    max_calls: int = Field(1000, ge=1, description="Calls Asterisk accepts at once.")


class FastAgi(Section):
    host: str = "127.0.0.1"
    port: Port = 4573
    max_calls: int = Field(1000, ge=1, description="Dialogues at once; more are sent to the fallback queue.")
    header_timeout_s: float = Field(5.0, gt=0, description="Deadline for Asterisk to send a call's AGI header.")


class Web(Section):
    host: str = "127.0.0.1"
    port: Port = 8080


class Database(Section):
    url: str = Field(
        "sqlite+aiosqlite:///var/ivr.db",
        pattern=r"^(sqlite\+aiosqlite|postgresql\+asyncpg)://.+",
        description="sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER@HOST/NAME.",
    )
    timeout_s: float = Field(2.0, gt=0, description="A statement not done by then is given up: the caller hears so.")


class Speech(Section):
    engine: Literal["auto", "espeak", "rhvoice"] = Field(
        "auto", description="auto: RHVoice when it is installed, else espeak-ng through pyttsx3."
    )
    voice: str = Field("", description="Voice name; empty for the engine's own Russian default.")
    rate: int = Field(150, ge=80, le=300, description="Words a minute.")
    workers: int = Field(1, ge=1, le=8, description="Processes that render speech.")
    studio: Path = Field(Path("dialplans/studio"), description="Own recordings: NAME.wav|mp3|ogg replaces text NAME.")
    cache: Path = Field(Path("var/sounds"), description="Rendered sounds, kept by content.")
    loudness_lufs: float = Field(-23.0, ge=-40, le=-10, description="One loudness of everything said (EBU R128).")


class Hearing(Section):
    engine: Literal["local", "server", "off"] = Field(
        "local", description="local: a model here; server: a vosk-server; off: callers answer by keys alone."
    )
    model: str = Field("", description="Name of the model's folder; empty: the largest there is.")
    models: Path = Field(Path("asr_models"), description="Folder of your own speech models.")
    threads: int = Field(0, ge=0, le=64, description="Threads that recognise; 0: one a core, at most 4.")
    server: str = Field("", description="Address of a vosk-server: ws://127.0.0.1:2700.")

    keep: bool = Field(False, description="Keep phrases that were not plainly understood, for labelling.")
    keep_days: int = Field(30, ge=1, le=3660, description="How long they are kept.")
    kept: Path = Field(Path("var/phrases"), description="Folder of the phrases that are kept.")

    @field_validator("engine", mode="before")
    @classmethod
    def _off(cls, given: Any) -> Any:
        return "off" if given is False else given  # YAML reads off without quotes as false

    @field_validator("server")
    @classmethod
    def _websocket(cls, given: str) -> str:
        try:
            if given:
                _WEBSOCKET.validate_python(given)
        except ValidationError:
            remedy = "write ws://HOST:PORT or wss://HOST:PORT"
            raise ValueError(f"{given!r} is no address of a vosk-server; {remedy}") from None
        return given

    @model_validator(mode="after")
    def _address(self) -> Self:
        if self.engine == "server" and not self.server:
            raise ValueError("engine: server needs the key server, its address: ws://127.0.0.1:2700")
        return self


class Recording(Section):
    directory: Path = Path("recordings")


class Identity(Section):
    proofs: tuple[Literal["contract", "house"], ...] = Field(
        ("contract", "house"),
        min_length=1,
        description="What may prove an account, the best first: the contract's last four digits, house and flat.",
    )
    most_failures: int = Field(5, ge=1, le=20, description="Failures from one number, or about one account, that lock.")
    within_minutes: int = Field(60, ge=1, description="Failures older than this no longer count.")
    lock_minutes: int = Field(60, ge=1, description="How long identification stays locked.")
    most_offers: int = Field(5, ge=0, le=6, description="Accounts of the caller's number offered at most; 0: none.")


class News(Section):
    folder: Path = Field(Path("var/announcements"), description="News recorded by telephone, or put there as files.")


class ReadingTaking(Section):
    window: tuple[int, int] | None = Field(
        None, description="Days of the month readings are taken on, both included: [15, 25]; left out: any day."
    )
    deviations: float = Field(3.5, gt=0, description="Robust deviations above the median that are still usual.")
    floor_kwh_day: float = Field(20.0, ge=0, description="Consumption that is never improbable, kWh a day.")
    unknown_kwh_day: float = Field(100.0, gt=0, description="The limit for a register without a history, kWh a day.")
    rollover_from: float = Field(0.9, gt=0, le=1, description="Share of the dial from which it may roll over.")

    @model_validator(mode="after")
    def _days(self) -> Self:
        for day in self.window or ():
            if not 1 <= day <= 31:
                raise ValueError(f"window: {day} is not a day of a month")
        return self


class Billing(Section):
    url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="The billing system's address, the source of accounts; left out: files are (ivr customers import).",
    )
    timeout_s: float = Field(2.0, gt=0, le=10, description="Deadline of one read, its repetitions included.")
    retries: int = Field(2, ge=0, le=5, description="How often a read that failed is repeated; it changes nothing.")
    cache_s: float = Field(60.0, ge=0, description="How long what was told of an account holds.")
    cache_size: int = Field(10_000, ge=1, description="Accounts it is remembered of.")
    breaker: int = Field(5, ge=1, description="Failures in a row after which billing is left alone for `rest_s`.")
    rest_s: float = Field(10.0, gt=0)
    mapping: dict[str, str] = Field(
        default_factory=dict, description="Where fields lie in billing's JSON: {debt: saldo.sum}; see docs/billing.md."
    )


class Callbacks(Section):
    """They are offered when `sip.trunk` is set."""

    offer_after_s: float = Field(
        180.0, ge=0, description="Who would wait longer is asked whether we shall ring him back; he may ask by key 1."
    )
    tries: int = Field(3, ge=1, le=10, description="So often a customer is dialled.")
    gap_minutes: float = Field(15.0, gt=0, description="Between two tries.")
    ring_s: float = Field(30.0, ge=1, le=60, description="A customer's telephone rings so long.")
    keep_hours: float = Field(48.0, gt=0, description="A callback that was not made by then is given up.")
    hours: dict[str, str] = Field(
        default_factory=dict,
        description='When customers are rung back; left out: as the standard says, else {mon-sun: "08:00-21:00"}.',
    )
    prefixes: tuple[Annotated[str, Field(pattern=r"^\+\d{1,14}$")], ...] = Field(
        ("+7",), description="Numbers that may be dialled begin so; others cannot be ordered."
    )
    a_day: int = Field(1000, ge=0, description="The most calls to customers in 24 hours.")

    @field_validator("hours")
    @classmethod
    def _are_a_week(cls, hours: dict[str, str]) -> dict[str, str]:
        parse_week(hours)
        return hours


class StormMode(Section):
    detect: bool = Field(True, description="A surge of calls switches storm mode on by itself.")
    least: int = Field(30, ge=2, description="A surge is at least so many calls within five minutes …")
    least_of_district: int = Field(
        15, ge=2, description="… from one district, by the accounts of their numbers, so many …"
    )
    times: float = Field(3.0, gt=1, description="… and so many times as many as usual.")
    protect: tuple[str, ...] = Field(
        (),
        description="Queues (the dispatchers') whose callers go first; in a storm their operators are theirs alone.",
    )
    lasts_minutes: float = Field(60.0, gt=0, description="How long storm mode lasts that a surge has switched on.")


class SameOperator(Section):
    within_hours: float = Field(
        24.0, ge=0, description="Who rings again so soon gets the operator he talked with; 0: whoever comes."
    )
    for_s: float = Field(20.0, gt=0, description="So long he waits for that operator alone, when he is there.")


class Overflow(Section):
    to: str = Field(min_length=1, description="The queue that takes them.")
    after_s: float = Field(300.0, gt=0, description="Who has waited so long; where nobody is logged in, sooner.")


class Queue(Section):
    wrap_up_s: float = Field(
        15.0, ge=0, description="An operator's work after a talk; at most what the standard allows. *11 ends it early."
    )
    ring_s: float | None = Field(
        None, gt=0, description="An offer rings an operator so long; left out, and at most: what the standard allows."
    )
    mark: bool = Field(True, description="Ask the caller for a mark, 1 to 5, after a talk.")
    callbacks: Callbacks = Callbacks()
    storm: StormMode = StormMode()
    priority: dict[str, Annotated[int, Field(ge=0, le=9)]] = Field(
        default_factory=dict,
        description="Callers of these queues go before others (5) of the same operators: {dispatchers: 0}.",
    )
    skills: dict[str, dict[str, Annotated[int, Field(ge=1, le=10)]]] = Field(
        default_factory=dict,
        description="What a matter (topic of the flow) asks of its operator, at least: {balance: {billing: 5}}.",
    )
    same_operator: SameOperator = SameOperator()
    skills_for_s: float = Field(60.0, gt=0, description="Who has waited so long is given to any operator of his queue.")
    overflow: dict[str, Overflow] = Field(
        default_factory=dict, description="Where callers of a queue go on waiting: {companies: {to: persons}}."
    )


class Centre(Section):
    """The whole of config.yaml."""

    standard: Standard = Field("rosatom", description="Whose service standard is in force.")
    supplier: str = Field("Энергосбыт-Пример", min_length=1, description="The supplier's name, as it is spoken.")
    number: str = Field("88005550100", pattern=r"^\d{3,15}$", description="The one toll-free number.")
    timezone: str = Field(
        MOSCOW, description="The supplier's zone (IANA name); left out: that of the standard's region."
    )
    node: str = Field("centre", pattern=r"^[a-z][a-z0-9-]{0,15}$", description="Name of this Asterisk node.")
    dialplans: Path = Field(Path("dialplans"), description="Asterisk templates, flows and standards.")
    agents: Path = Field(Path("agents"), description="Operators' roster.")
    hours: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Operators' hours by queue instead of the flow's own: persons: {mon-fri: \"08:00-20:00\"}.",
    )
    flow: Path | None = Field(None, description="A flow of your own, held to `standard`; left out: the standard's own.")
    lines: dict[Annotated[str, Field(pattern=r"^\d{3,15}$")], str] = Field(
        default_factory=dict,
        description='Numbers that lead straight to one of the flow\'s `lines`: {"4722770849": readings_line}.',
    )
    sample: bool = Field(False, description="Fill an empty database with an invented supplier's subscribers.")
    shutdown_grace_s: float = Field(20.0, ge=0, description="How long a stop waits for calls in dialogue.")
    specialists: dict[SpecialistName, SpecialistSettings] = Field(
        default_factory=dict,
        description='Who may be rung out of a talk: {meter_lab: {number: "+7…", name: Лаборатория, short: "901"}}.',
    )
    identity: Identity = Identity()
    readings: ReadingTaking = ReadingTaking()
    news: News = News()
    billing: Billing = Billing()
    queue: Queue = Queue()
    sip: Sip = Sip()
    asterisk: Asterisk = Asterisk()
    fastagi: FastAgi = FastAgi()
    web: Web = Web()
    database: Database = Database()
    speech: Speech = Speech()
    hearing: Hearing = Hearing()
    recording: Recording = Recording()
    home: Path = Field(Path(), exclude=True, description="Folder of config.yaml; set by the loader.")

    def path(self, value: Path) -> Path:
        """`value` made absolute, from the folder of config.yaml."""
        return value if value.is_absolute() else self.home / value

    @model_validator(mode="before")
    @classmethod
    def _region(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "timezone" in given:
            return given
        return {**given, "timezone": ZONES.get(str(given.get("standard")), MOSCOW)}

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("no such zone; write its IANA name, Asia/Omsk for example") from error
        return name

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite file made absolute."""
        head, separator, tail = self.database.url.partition(":///")
        if separator and head.startswith("sqlite") and not tail.startswith("/"):
            return f"{head}:///{self.home / tail}"
        return self.database.url


class Secrets(BaseSettings):
    """IVR_* variables. scripts/run.sh makes them once and keeps them in var/secrets.env, readable by the owner only."""

    model_config = SettingsConfigDict(env_prefix="IVR_", frozen=True, extra="ignore")

    ami_secret: SecretStr = Field(min_length=16)
    operator_secret: SecretStr = Field(min_length=16, description="Root of every softphone's own secret.")
    billing_token: SecretStr = Field(SecretStr(""), description="What billing knows us by; sent as a bearer token.")
    news_pin_hash: SecretStr = Field(
        SecretStr(""), description="argon2 hash of the PIN for recording news by telephone; left out: nobody may."
    )


def _place(location: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in location) or "(the whole file)"


def load(path: Path) -> Centre:
    """Read config.yaml. Raises ConfigurationError with every mistake: file, line, key, what is wrong."""
    try:
        return Centre.model_validate(_read(path))
    except ValidationError as error:
        raise ConfigurationError(told(path, error, Centre)) from error


def usable(path: Path) -> Centre | None:
    """What can be used of a config.yaml with mistakes, so that the rest can be checked too: a wrong key gives way to
    its default. None when there is nothing to use."""
    try:
        given = _read(path)
    except ConfigurationError:
        return None
    while True:
        try:
            return Centre.model_validate(given)
        except ValidationError as error:
            if not all([_drop(given, mistake["loc"]) for mistake in error.errors()]):
                return None


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        raise ConfigurationError([f"{path}: no such file; copy config.yaml from the repository"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: cannot be read: {error}"]) from error
    except yaml.YAMLError as error:
        raise ConfigurationError([f"{path}: not YAML: {error}"]) from error
    if not isinstance(raw, dict):
        raise ConfigurationError([f"{path}: must be a mapping of keys, is a {type(raw).__name__}"])
    return {**raw, "home": path.resolve().parent}


def _drop(given: dict[str, Any], place: tuple[Any, ...]) -> bool:
    """Take out the wrong key, or the nearest one above it. False: there is none."""
    for key in place[:-1]:
        if not isinstance(given.get(key), dict):
            return given.pop(key, given) is not given
        given = given[key]
    return bool(place) and given.pop(place[-1], given) is not given


def secrets(env_file: Path | None = None) -> Secrets:
    """Secrets from the environment, else from `env_file`. Raises ConfigurationError naming the variable."""
    try:
        return Secrets(_env_file=env_file)
    except ValidationError as error:
        raise ConfigurationError(
            [
                f"IVR_{_place(mistake['loc']).upper()}: {mistake['msg']}; scripts/run.sh makes it"
                for mistake in error.errors()
            ]
        ) from error
