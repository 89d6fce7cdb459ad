"""What an installation can set: from variables `DABASHOU_…`, or from one file `dabashou.toml`; variables win."""

import base64
import binascii
import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class WebhookTarget(BaseModel):
    """Another system that steps of the kind `send` may call; definitions know its name only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    #: "whsec_" and base64 of 24 to 64 bytes, shared with the receiver, who checks our signature with it
    secret: SecretStr
    #: networks in which the host may be: private addresses and plain http are refused outside of these
    networks: tuple[IPvAnyNetwork, ...] = ()

    @field_validator("secret")
    @classmethod
    def _is_a_key(cls, secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        try:
            length = len(base64.b64decode(text.removeprefix("whsec_"), validate=True))
        except binascii.Error:
            length = 0
        if not text.startswith("whsec_") or not 24 <= length <= 64:
            raise ValueError("whsec_ and base64 of 24 to 64 bytes")
        return secret


class LookupSource(BaseModel):
    """Another system that forms may take answers from; definitions know its name, what it is asked and what it says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: asked by GET, with the parameters as its query
    url: str
    #: the apps that may ask; "*": any
    apps: tuple[str, ...]
    #: networks in which the host may be: private addresses and plain http are refused outside of these
    networks: tuple[IPvAnyNetwork, ...] = ()
    #: a header by which it knows us, such as "authorization", and what stands in it
    header: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    secret: SecretStr = SecretStr("")
    #: for one whole question; somebody waits
    seconds: float = Field(3.0, gt=0, le=10)
    #: what it said is believed for so long
    cache_minutes: int = Field(10, ge=0, le=1440)


class Settings(BaseSettings):
    """One installation. Every setting `x_y` can be given as variable `DABASHOU_X_Y` or as `x_y = …` in the file."""

    model_config = SettingsConfigDict(env_prefix="DABASHOU_", extra="forbid", frozen=True)

    #: folder of everything the server writes by itself
    data: Path = Path("data")
    #: "postgresql+psycopg://user@host/name" or "sqlite:///file"; empty is SQLite in `data`
    database: str = ""
    #: the git repository of definitions; empty is `workspace` in `data`
    workspace: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    #: serving processes; more than one needs PostgreSQL
    workers: int = Field(1, ge=1, le=64)
    #: people are chosen instead of signing in; for trying out only
    demo: bool = False
    #: how browsers reach the server: "https://oa.example.gov.cn". With https, cookies are sent over it only
    public_url: str = ""
    #: further names the server answers to; without names and `public_url` it answers to any (in a demo: to addresses only)
    hosts: tuple[str, ...] = ()
    #: addresses of reverse proxies whose X-Forwarded-For and -Proto are believed, comma separated; empty believes nobody
    trusted_proxies: str = ""
    #: who knows it may read /metrics from anywhere; without one, only the machine itself may
    metrics_token: SecretStr = SecretStr("")
    #: a session ends after this long without a request …
    session_idle_minutes: int = Field(30, ge=1)
    #: … and after this long in any case
    session_hours: int = Field(12, ge=1)
    #: wrong passwords for one account within the window until it is locked for the rest of it
    sign_in_failures: int = Field(5, ge=1)
    #: wrong passwords from one address within the window; offices share addresses, so it is larger
    sign_in_failures_address: int = Field(50, ge=1)
    sign_in_window_minutes: int = Field(15, ge=1)
    password_min_length: int = Field(12, ge=8, le=64)
    #: of lower case, upper case, digits and others, how many a password must mix
    password_classes: int = Field(3, ge=1, le=4)
    #: of the last passwords, how many may not be taken again
    password_history: int = Field(3, ge=0, le=10)
    #: largest body of a request, in bytes, whatever its type
    body_limit: int = Field(1_048_576, ge=1024)
    #: most fields of a submitted page
    fields_limit: int = Field(2000, ge=10)
    #: SMTP server through which messages go out as e-mail too; empty sends none
    mail_server: str = ""
    mail_port: int = Field(25, ge=1, le=65535)
    mail_security: Literal["none", "starttls", "tls"] = "none"
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    #: the sender: "搭把手 <oa@example.gov.cn>"
    mail_from: str = "dabashou@localhost"
    #: systems that definitions may call, by name: `[webhooks.archive]` with `url = …` and `secret = …` in the file
    webhooks: dict[str, WebhookTarget] = {}
    #: systems that forms take answers from, by name: `[sources.company]` with `url = …` and `apps = ["food-licence"]` in the file
    sources: dict[str, LookupSource] = {}
    #: messages are taken away after so many days
    message_days: int = Field(180, ge=1)
    #: a request that is sent again under its key gets its old answer for so many days
    key_days: int = Field(30, ge=1)
    #: a file outside the database to which the last hash of every case is appended; empty writes none. Best on another disk
    anchor: Path | None = None
    #: between two lines of it
    anchor_minutes: int = Field(60, ge=1)
    #: largest file that may be attached, in bytes
    upload_limit: int = Field(50 * 1024 * 1024, ge=1024)
    #: files and bytes that one draft or task may hold
    place_files: int = Field(100, ge=1)
    place_bytes: int = Field(500 * 1024 * 1024, ge=1024)
    #: bytes that one person may keep in files not handed in yet
    person_bytes: int = Field(2 * 1024 * 1024 * 1024, ge=1024)
    #: a bucket of an S3-compatible server for attachments and exports; empty keeps them in `files` in `data`
    storage_bucket: str = ""
    #: "https://oss.example.gov.cn"
    storage_endpoint: str = ""
    storage_region: str = "us-east-1"
    storage_key: SecretStr = SecretStr("")
    storage_secret: SecretStr = SecretStr("")
    #: a virus scanner: "tcp://127.0.0.1:3310" or "unix:///run/clamav/clamd.ctl". With one, nothing is taken while it does not answer
    clamd: str = ""
    #: folders of more fonts for PDF, besides those of the machine and of the wheel that comes along: 仿宋 and 小标宋 are used where they are
    fonts: tuple[Path, ...] = ()
    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then variables, then the file, then the defaults above."""
        del dotenv_settings, file_secret_settings
        file = Path(os.environ.get("DABASHOU_CONFIG", "dabashou.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data / 'dabashou.sqlite3'}"

    @property
    def workspace_path(self) -> Path:
        return self.workspace or self.data / "workspace"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def known_hosts(self) -> frozenset[str]:
        """The names the server answers to; empty is any."""
        own = urlsplit(self.public_url).hostname
        return frozenset(name.lower() for name in (*self.hosts, *([own] if own else [])))
