"""The one HTTP client: time-outs, retries on transient errors only, size limits, TLS always verified, keys never shown.

httpx does the talking, tenacity the waiting. A partner that says how long to wait (`Retry-After`) is believed.
"""

from __future__ import annotations

import email.utils
import json
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import tenacity

USER_AGENT = "maemoh-lakehouse/0.1 (Mae Moh Smart City data lakehouse)"
TRANSIENT_STATUS = (408, 425, 429, 500, 502, 503, 504)
MAX_BYTES = 64 * 1024**2
KEY_SHOWN = "{key}"
SYNTHETIC_HEADER = "x-synthetic"
# They log every address at INFO, with the key where a partner wants it in the query.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Patience:
    """How long a client waits and how often it asks. Seconds."""

    attempts: int = 4
    connect: float = 10.0
    read: float = 30.0
    total: float = 120.0
    backoff: float = 0.5
    longest_wait: float = 60.0


@dataclass(frozen=True)
class Call:
    """One request. Where the key belongs stands `{key}`; `shown` is the address as people may see it."""

    label: str
    method: str
    base_url: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None

    @property
    def shown(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.base_url}{self.path}" + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Answer:
    """What came back. `status` 0: nothing did, and `error` says why. Header names are in lower case."""

    call: Call
    status: int
    body: bytes
    headers: Mapping[str, str]
    attempts: int
    seconds: float
    fetched_at: datetime
    error: str = ""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_synthetic(self) -> bool:
        return SYNTHETIC_HEADER in self.headers

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class _Transient(Exception):
    """Worth another try: the answer as it was, or what broke; and how long the partner asks to wait."""

    def __init__(self, answer: Answer | None, error: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.answer, self.error, self.retry_after = answer, error, retry_after


class Client:
    """Asks one partner. A context manager: connections are kept open between requests and closed at the end.

    Args:
        key: put where a call says `{key}`; None for partners without keys.
        stand_in: address of a server that plays the partner (`http://127.0.0.1:port`): it is asked under the partner's own
            host name and paths.
        ca_file: certificates to trust besides the system's, for a partner whose chain is incomplete.
    """

    def __init__(
        self,
        patience: Patience = Patience(),
        key: str | None = None,
        stand_in: str | None = None,
        ca_file: Path | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.patience, self.stand_in, self.max_bytes = patience, stand_in, max_bytes
        self.key = (key or "").strip() or None  # read from a file, it ends in a line end
        self._shapes = _shapes_of(self.key) if self.key else []
        context = ssl.create_default_context()
        if ca_file:
            context.load_verify_locations(ca_file)
        self._http = httpx.Client(
            verify=context,
            timeout=httpx.Timeout(patience.read, connect=patience.connect),
            headers={"User-Agent": USER_AGENT},
            # A key in a header would go along to wherever a redirect points.
            follow_redirects=key is None,
            max_redirects=5,
            trust_env=stand_in is None,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, call: Call) -> Answer:
        """The answer, after as many tries as patience allows. An error is an answer too: nothing is raised."""
        start, tries = time.monotonic(), 0
        at = datetime.now(UTC)
        if self.key and not (self.key.isascii() and self.key.isprintable()):
            return Answer(call, 0, b"", {}, 0, 0.0, at, "the key holds characters that cannot be sent; set it again")

        def once() -> Answer:
            nonlocal tries
            tries += 1
            return self._once(call)

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.patience.attempts),
            retry=tenacity.retry_if_exception_type(_Transient),
            wait=self._wait,
            reraise=True,
        )
        try:
            answer, error = retrying(once), ""
        except _Transient as last:
            error = last.error
            answer = last.answer or Answer(call, 0, b"", {}, tries, 0.0, at)
        except _Permanent as last:
            error = str(last)
            answer = Answer(call, 0, b"", {}, tries, 0.0, at)
        seconds = round(time.monotonic() - start, 3)
        return Answer(call, answer.status, answer.body, answer.headers, tries, seconds, at, self._hidden(error))

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """As long as the partner asks, else longer with every try, by chance so that many clients do not march in step."""
        failed = state.outcome.exception() if state.outcome else None
        if isinstance(failed, _Transient) and failed.retry_after is not None:
            return min(failed.retry_after, self.patience.longest_wait)
        step = tenacity.wait_random_exponential(multiplier=self.patience.backoff, max=self.patience.longest_wait)
        return float(step(state))

    def _once(self, call: Call) -> Answer:
        try:
            with self._http.stream(
                call.method,
                self._address(call),
                params={name: self._with_key(value) for name, value in call.query.items()},
                headers={name: self._with_key(value) for name, value in self._headers(call).items()},
                content=self._with_key(call.body).encode() if call.body is not None else None,
            ) as response:
                body = self._body(response)
        except httpx.TooManyRedirects as error:
            raise _Permanent("the address redirects in a circle") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Transient(
                None, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            ) from error
        headers = {name.lower(): self._hidden(value) for name, value in response.headers.items()}
        answer = Answer(call, response.status_code, self._without_key(body), headers, 1, 0.0, datetime.now(UTC))
        if response.status_code in TRANSIENT_STATUS:
            raise _Transient(answer, f"HTTP {response.status_code}", _retry_after(headers))
        return answer

    def _address(self, call: Call) -> str:
        return (self.stand_in or call.base_url).rstrip("/") + self._with_key(call.path)

    def _headers(self, call: Call) -> dict[str, str]:
        host = {"Host": httpx.URL(call.base_url).netloc.decode()} if self.stand_in else {}
        return {**call.headers, **host}

    def _body(self, response: httpx.Response) -> bytes:
        """The body, with a limit on its size and on the whole time, however slowly it drips."""
        deadline = time.monotonic() + self.patience.total
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > self.max_bytes:
                raise _Permanent(f"the answer is larger than {self.max_bytes / 1024**2:.0f} MiB")
            if time.monotonic() > deadline:
                raise _Transient(None, f"the answer took longer than {self.patience.total:.0f} s")
        return b"".join(parts)

    def _with_key(self, text: str) -> str:
        return text.replace(KEY_SHOWN, self.key) if self.key else text

    def _without_key(self, body: bytes) -> bytes:
        """A partner may echo the key (in the links of its pages): it does not go further than here."""
        for shape in self._shapes:
            body = body.replace(shape.encode(), KEY_SHOWN.encode())
        return body

    def _hidden(self, text: str) -> str:
        for shape in self._shapes:
            text = text.replace(shape, KEY_SHOWN)
        return text


def _shapes_of(key: str) -> list[str]:
    """The key as it may be written in an address or in JSON; the longest first, which may hold another."""
    texts = {key, json.dumps(key)[1:-1]}
    shapes = {*texts, *(text.replace("/", "\\/") for text in texts), quote(key), quote(key, safe=""), quote_plus(key)}
    return sorted(shapes, key=len, reverse=True)


class _Permanent(Exception):
    """Another try would end the same way."""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the partner asks to wait: a number, or a date."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if at.tzinfo is None:  # without a zone a date says nothing
        return None
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
