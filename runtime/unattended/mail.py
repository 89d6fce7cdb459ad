"""Messages as e-mail: plain words and a link, through the office's own mail server. Loaded when the first one is sent."""

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import aiosmtplib

from forms.texts import Text, say
from runtime.settings import Settings
from runtime.store.outbox import NotNow, Undeliverable

#: for the whole of one delivery
PATIENCE = 20.0
_breaks = re.compile(r"\s+")


class About(NamedTuple):
    """The case that a mail is about, in words that everybody in it sees; a subject names nothing sensitive."""

    title: Text
    number: str
    subject: str


def compose(settings: Settings, id: str, to: str, text: Text, about: About, link: str, language: str, at: datetime) -> EmailMessage:
    """The mail; one letter always has the same Message-ID, so that a repetition is seen as one."""
    said = _breaks.sub(" ", say(text, language)).strip()
    case = " · ".join((say(about.title, language), about.number, about.subject))
    words = _breaks.sub(" ", f"{about.subject or say(about.title, language)}：{said}" if language == "zh" else f"{about.subject}: {said}")
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = to
    mail["Subject"] = words if len(words) <= 120 else words[:119] + "…"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{id}@{urlsplit(settings.public_url).hostname or 'dabashou.invalid'}>"
    # no holiday replies to a machine (RFC 3834)
    mail["Auto-Submitted"] = "auto-generated"
    closing = "这封邮件由系统自动发出，请勿回复。" if language == "zh" else "Sent by the system: please do not reply."
    mail.set_content("\n\n".join([said, case, *([link] if link else []), closing]) + "\n")
    return mail


async def send(settings: Settings, mail: EmailMessage) -> None:
    """Hands it to the server. Raises Undeliverable when the server will never take it, NotNow when it does not now."""
    try:
        await aiosmtplib.send(
            mail,
            hostname=settings.mail_server,
            port=settings.mail_port,
            username=settings.mail_user or None,
            password=settings.mail_password.get_secret_value() or None,
            use_tls=settings.mail_security == "tls",
            start_tls=settings.mail_security == "starttls",
            timeout=PATIENCE,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        codes = sorted({recipient.code for recipient in refused.recipients})
        raise _verdict(codes[-1], f"the mail server refused the address: {', '.join(map(str, codes))}") from refused
    except aiosmtplib.SMTPAuthenticationError as refused:
        raise NotNow(f"the mail server refused our account: {refused.code}") from refused
    except aiosmtplib.SMTPResponseException as refused:
        raise _verdict(refused.code, f"the mail server answered {refused.code}") from refused
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise NotNow(f"the mail server cannot be reached: {type(error).__name__}") from error


def _verdict(code: int, words: str) -> Exception:
    """5xx is for good, 4xx for now (RFC 5321)."""
    return Undeliverable(words) if 500 <= code < 600 else NotNow(words)
