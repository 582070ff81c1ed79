"""What a report says of time and consequences, as frozen records: scores, matters, answers, fetches, what data feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from expectations.report.bilingual import Bilingual


@dataclass(frozen=True)
class ScoreDay:
    """The score of one source on one local day (`ops.score`). Shares are 0..1, None where nothing was evaluated."""

    source_id: str
    day: date
    shares: Mapping[str, float | None]  # by dimension
    points: float | None
    grade: str | None
    is_capped: bool
    policy_version: str
    evaluated: int
    failed: int


@dataclass(frozen=True)
class Answer:
    """What the partner said last about a matter: acknowledged | disputed | fixed, in its own words."""

    state: str
    words: str
    answered_at: datetime


@dataclass(frozen=True)
class Issue:
    """One matter (`ops.issue`): a rule that fails for one subject (path of a file, series or table) of a source."""

    issue_id: str
    source_id: str | None
    gate: str
    entity: str | None
    rule: str
    severity: str
    subject: str
    state: str  # open | closed
    failed: int
    opened_at: datetime
    closed_at: datetime | None
    reason: Bilingual
    answer: Answer | None = None


@dataclass(frozen=True)
class FetchTrouble:
    """Calls to a partner's server that ended alike; `status` 0: no answer at all."""

    outcome: str
    status: int
    calls: int
    last_at: datetime | None
    reason: Bilingual


@dataclass(frozen=True)
class Fetched:
    """What was asked of one source's server and what came (`ops.fetch`)."""

    source_id: str
    asked: int
    answered: int
    unchanged: int
    size: int  # bytes kept
    last_at: datetime | None
    last_answer_at: datetime | None
    troubles: tuple[FetchTrouble, ...] = ()

    @property
    def failed(self) -> int:
        return self.asked - self.answered - self.unchanged


@dataclass(frozen=True)
class Freshness:
    """How current a source is by its contract: on_time | late | stale | never."""

    source_id: str
    status: str
    last_event_at: datetime | None


@dataclass(frozen=True)
class Kpi:
    """One KPI of the city: the gold tables that it is computed from and the sources that it names as its inputs."""

    kpi_id: str
    name: Bilingual
    tables: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Feeds:
    """What is made of a partner's data: gold tables by source and by silver table, and the KPIs of those tables."""

    by_source: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kpis: tuple[Kpi, ...] = ()


@dataclass(frozen=True)
class DayCount:
    """Hours of one local day: of one hourly series, or of all together (`station_key` None)."""

    station_key: str | None
    quantity: str | None
    level: str | None
    day: date
    expected: int
    valid: int
    flagged: int


NO_FEEDS = Feeds()
