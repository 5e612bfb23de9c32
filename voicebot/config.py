"""The operator's settings: one TOML file, checked at start, with secrets from the environment only."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from voicebot.errors import ConfigurationError
from voicebot.events.message import TOPICS, EventTopic
from voicebot.events.places import is_loopback
from voicebot.records.retention import LEAST_DAYS, MOST_DAYS, Kept

READY_LINE = "voicebot is ready"
"""What ``serve`` prints once calls can come; whoever starts it waits for this line."""

RECORDS_URL_VARIABLE = "VOICEBOT_RECORDS_URL"
"""Takes the place of ``[records] url``: an address with a password stays out of the settings file."""

Port = Annotated[int, Field(ge=0, le=65535)]


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


KnownFact = Annotated[str, BeforeValidator(_as_text)]
"""What is known of a citizen, as a flow takes it: text; a table or list becomes JSON."""


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write an address such as https://host/path")
    if parts.username or parts.password:
        raise ValueError("no user or password in the address: secrets come from the environment")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("what is sent is personal: use https, except to this machine")
    return url


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AsteriskSettings(_Section):
    """Where Asterisk is and how it reaches us.

    Passwords come from ``VOICEBOT_ARI_PASSWORD`` and ``VOICEBOT_AMI_PASSWORD``, never from this file.
    """

    mode: Literal["embedded", "system"] = "embedded"
    """``embedded``: started by voicebot with its own ports and secrets; ``system``: one that runs already."""
    run_dir: Path = Path("run/asterisk")
    """Embedded only: rendered configuration, logs, ports and secrets."""
    host: str = "127.0.0.1"
    ari_port: Port = 8088
    ari_user: str = "voicebot"
    ami_port: Port = 5038
    ami_user: str = "voicebot"
    agi_host: str = "127.0.0.1"
    agi_port: Port = 4573
    """Where our FastAGI server listens; 0 takes a free port (embedded only)."""
    application: str = "voicebot"


class MediaSettings(_Section):
    """Audio between Asterisk and the engine."""

    host: str = "127.0.0.1"
    port: Port = 0
    """UDP port of the one media socket; 0 takes a free one."""


class RecogniserSettings(_Section):
    """Speech recognition (section ``[stt]``)."""

    model: str = "embedded"
    """``embedded``, a folder, or the name of a Whisper model."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: str = "default"
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    workers: Annotated[int, Field(ge=1, le=16)] = 1
    max_batch: Annotated[int, Field(ge=1, le=64)] = 4
    """Utterances decoded together. On a CPU a batch gains little and all of it waits for its last one; on a
    GPU 16 and more pay."""
    max_queue: Annotated[int, Field(ge=1)] = 64
    window_floor_s: Annotated[float, Field(ge=0, le=30)] | None = None
    """Shortest window the model decodes well; ``None``: the model's own (0 embedded, 10 stock Whisper)."""


class SynthesiserSettings(_Section):
    """Speech synthesis (section ``[tts]``)."""

    engine: str = "espeak"
    voice: str = "ko"
    words_per_minute: Annotated[int, Field(ge=80, le=300)] = 150
    cache_dir: Path = Path("run/prompts")


class TimelineSettings(_Section):
    """Where the timeline of each call is written; contains what callers said, so guard the folder."""

    folder: Path | None = Path("run/timelines")
    keep_text: bool = True
    """Whether recognised words are written; off leaves times and lengths only."""


class RecordsSettings(_Section):
    """Where calls, cases and people are kept. The keys come from ``VOICEBOT_RECORDS_KEYS``."""

    url: str = "sqlite:///run/records.db"
    """SQLite, or ``postgresql://user@host/name``. An address with a password comes from
    ``VOICEBOT_RECORDS_URL``, never from this file."""
    journal: Path = Path("run/journal")
    """Folder in which an engine puts down what the database has not taken yet; on a disk of this machine."""
    retention: dict[Kept, Annotated[int, Field(ge=LEAST_DAYS, le=MOST_DAYS)]] = {}
    """Days for which each kind is kept, where it is not the default of ``RetentionPeriods``."""


class DiallingSettings(_Section):
    """How this engine calls citizens for campaigns."""

    engine: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,64}$")] = ""
    """The engine's name, by which it finds its calls again after a crash: the same after every restart, and
    no other engine's. Empty: the name of the machine."""
    services: tuple[str, ...] = ()
    """Whose conversations it holds for campaigns, beside those of ``[numbers]``."""


class HandoffSettings(_Section):
    """How an officer is found for a citizen (section ``[handoff]``); the queue is the fall-back."""

    briefing: bool = True
    """Off: citizens go straight to the dialplan's queue, and nobody is told what it is about."""
    queue: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = "duty"
    """The queue whose members are on duty (queues.conf)."""
    ring_s: Annotated[int, Field(ge=5, le=120)] = 30
    """How long one telephone rings."""
    rounds: Annotated[int, Field(ge=1, le=5)] = 1
    """How often each officer is rung for one citizen; who refuses is not rung again."""
    limit_s: Annotated[float, Field(ge=10, le=600)] = 120.0
    """When the search for an officer is given up; a briefing that is being heard is heard to its end."""


class _ReceiverSettings(_Section):
    topics: Annotated[tuple[EventTopic, ...], Field(min_length=1)] = TOPICS
    """What it is told of."""
    rate_per_s: Annotated[float, Field(gt=0, le=1000)] = 50.0
    """Messages a second in the long run, of each engine."""


class MqttSettings(_ReceiverSettings):
    """A broker; its password comes from ``VOICEBOT_MQTT_PASSWORD``."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """``None``: 8883 with TLS, 1883 without."""
    user: str = ""
    tls: bool | None = None
    """``None``: yes, unless the broker is on this machine."""
    ca_file: Path | None = None
    """Certificates of the city's own authority (PEM); ``None``: those of the system."""
    protocol: Literal["5", "3.1.1"] = "5"


class WebhookSettings(_ReceiverSettings):
    """A web server that is told; its secret comes from ``VOICEBOT_WEBHOOK_NAME_SECRET``."""

    url: Annotated[str, AfterValidator(_checked_url)]
    rate_per_s: Annotated[float, Field(gt=0, le=1000)] = 10.0


class EventsSettings(_Section):
    """Whom the city's events are brought to."""

    site: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")] = "city"
    """Which installation this is; stands in every topic and every message."""
    engine: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")] = "engine"
    """Which engine of the site; each has a name of its own."""
    mqtt: MqttSettings | None = None
    webhooks: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")], WebhookSettings] = {}


class MessagesSettings(_Section):
    """Short messages to citizens. None are sent while ``number`` is empty."""

    number: Annotated[str, Field(pattern=r"^([0-9][0-9-]{1,14})?$")] = ""
    """The city's number, as the citizen sees it and may call it."""
    gateway: Literal["spool", "http"] = "spool"
    """``spool``: a file each, for a program of the city; ``http``: the gateway's web interface."""
    folder: Path = Path("run/messages")
    url: Annotated[str, AfterValidator(_checked_url)] = ""
    """With ``http``; its token comes from ``VOICEBOT_MESSAGES_TOKEN``."""
    templates: Path | None = None
    """The city's own texts, in place of those that ship."""
    from_hour: Annotated[int, Field(ge=0, le=23)] = 8
    to_hour: Annotated[int, Field(ge=1, le=24)] = 21
    """At night nothing is sent; it waits for the morning."""
    rate_per_s: Annotated[float, Field(gt=0, le=1000)] = 5.0

    @model_validator(mode="after")
    def _whole(self) -> MessagesSettings:
        if self.gateway == "http" and not self.url:
            raise ValueError('gateway = "http" needs its url')
        if self.from_hour >= self.to_hour:
            raise ValueError("from_hour must be before to_hour")
        return self


class MetricsSettings(_Section):
    """What monitoring reads: ``GET /metrics``."""

    host: str = "127.0.0.1"
    """It tells nothing personal, but how busy a city hall is: open it to your monitoring alone."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """``None``: no such page; the custom is 9464."""


class CityFiles(_Section):
    """The city's own data (section ``[city_files]``); what is not given is done without, or by what ships."""

    gazetteer: Path | None = None
    """Names of districts, roads and landmarks, by which misheard places are put right."""
    answers: Path | None = None
    """Answers to frequent questions, beside or in place of those that hold in every city."""


class Settings(_Section):
    """The whole file."""

    asterisk: AsteriskSettings = AsteriskSettings()
    media: MediaSettings = MediaSettings()
    stt: RecogniserSettings = RecogniserSettings()
    tts: SynthesiserSettings = SynthesiserSettings()
    timeline: TimelineSettings = TimelineSettings()
    records: RecordsSettings = RecordsSettings()
    dialling: DiallingSettings = DiallingSettings()
    handoff: HandoffSettings = HandoffSettings()
    events: EventsSettings = EventsSettings()
    messages: MessagesSettings = MessagesSettings()
    metrics: MetricsSettings = MetricsSettings()
    numbers: dict[str, str] = {"1000": "duty"}
    """Called number → service."""
    known: dict[Annotated[str, Field(pattern=r"^[0-9]+$")], dict[str, KnownFact]] = {}
    """Caller's number, digits only → variables of a flow that are known of that citizen before the call."""
    city: str = "예시시"
    """The city's name as the citizen hears it."""
    city_files: CityFiles = CityFiles()
    most_calls: Annotated[int, Field(ge=1)] = 60
    """Calls that the engine takes at once; the dialplan takes more of them to the duty queue."""
    stop_grace_s: Annotated[float, Field(ge=0)] = 20.0
    """How long a stopping engine lets calls end by themselves before it hands them to people."""


def load_settings(path: Path | None) -> Settings:
    """Read and check the settings file; ``None`` reads ``voicebot.toml`` here if there is one.

    Raises:
        ConfigurationError: The file is missing, is not TOML, or holds an unknown or impossible setting; the
            message names each with its place and what is allowed.
    """
    if path is None:
        path = Path("voicebot.toml")
        if not path.exists():
            return Settings()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}); give --config a file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from error
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = [_problem(path, detail) for detail in error.errors()]
        raise ConfigurationError("\n".join(problems)) from error


def _problem(path: Path, detail: ErrorDetails) -> str:
    place = ".".join(map(str, detail["loc"]))
    if detail["type"] == "extra_forbidden":
        return f"{path}: [{place}] there is no such setting; correct its name, or take it out"
    return f"{path}: [{place}] {detail['msg']}, is {str(detail['input'])[:60]!r}"
