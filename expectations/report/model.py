"""What a partner report says, as frozen records. Counts are rows unless a name says otherwise; instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from expectations.report.bilingual import Bilingual as Bilingual
from expectations.report.model_history import NO_FEEDS, DayCount, Feeds, Fetched, Freshness, Issue, ScoreDay


@dataclass(frozen=True)
class Flag:
    """One status mark that may stand in a data cell; not verified means that the partner never told us its meaning."""

    flag: str
    meaning: Bilingual
    is_verified: bool


@dataclass(frozen=True)
class Source:
    """One feed of the partner as its contract describes it.

    `values`: real | synthetic | delivered (taken as the partner sent them); `shape`: documented | assumed.
    """

    source_id: str
    title: Bilingual
    version: str
    values: str = "real"
    shape: str = "documented"
    classification: str = "open"
    flags: tuple[Flag, ...] = ()

    @property
    def is_personal(self) -> bool:
        return self.classification == "personal"


@dataclass(frozen=True)
class Delivery:
    """The present state of one delivery; `rows_in = accepted + quarantined + dropped` is promised by the gate."""

    delivery_id: str
    path: str
    sha256: str
    received_at: datetime
    source_id: str | None
    outcome: str  # accepted | accepted_with_findings | no_data | refused | repeat | replaced | withdrawn
    rows_in: int
    accepted: int
    quarantined: int
    dropped: int
    findings: int
    reason: Bilingual
    sheet: str | None = None
    cell: str | None = None
    is_resolved: bool = False  # refused, and a later delivery of the same file was taken


@dataclass(frozen=True)
class RefusedBatch:
    """A batch that a rule of the contract held back as a whole while its file could be read."""

    batch_id: str
    path: str
    source_id: str
    series: str
    period_start: date
    period_end: date
    rows: int
    rule: str
    reason: Bilingual
    sheet: str | None = None
    cell: str | None = None
    is_resolved: bool = False  # a later batch of the same slot was accepted


@dataclass(frozen=True)
class Batch:
    """One batch of the ledger, for the trace and for the rows that are in force now."""

    batch_id: str
    path: str
    source_id: str
    entity: str
    series: str
    period_start: date | None
    period_end: date | None
    status: str  # accepted | refused | replaced | withdrawn
    contract_version: str
    parser_version: str
    accepted: int


@dataclass(frozen=True)
class Sample:
    """Where to look: file, sheet, Excel cell, the text found there, and a reason when it differs by place."""

    path: str
    sheet: str | None = None
    cell: str | None = None
    value: str | None = None
    reason: Bilingual | None = None


@dataclass(frozen=True)
class RuleResult:
    """One rule summed over all batches in force (G1) or of one table (G2, G3: `entity`).

    `evaluated` and `failed` count what the rule's scope counts; `failed_batches` are those beyond what is tolerated.
    """

    gate: str  # G1 | G2 | G3
    source_id: str | None
    rule: str
    dimension: str
    scope: str
    severity: str  # critical | major | minor
    action: str
    evaluated: int
    failed: int
    batches: int
    failed_batches: int
    reason: Bilingual
    samples: tuple[Sample, ...] = ()
    entity: str | None = None


@dataclass(frozen=True)
class QuarantineGroup:
    """Rows held back by one rule; `first_at`/`last_at` are the instants of the rows themselves when they carry one."""

    source_id: str
    rule: str
    reason: Bilingual
    rows: int
    files: int
    samples: tuple[Sample, ...]
    is_refusal: bool = False  # the rows belong to refused files or batches, which are told apart as such
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one rule: `places` are lines of the ledger, `n` what they count together."""

    source_id: str | None
    rule: str
    places: int
    n: int
    files: int
    paths: tuple[str, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class MonthCount:
    """Intervals of one published series in one local month (Asia/Bangkok); missing = expected - valid - flagged."""

    source_id: str
    station_key: str
    quantity: str
    level: str | None
    averaging_period: str
    year: int
    month: int
    valid: int
    flagged: int
    rows: int


@dataclass(frozen=True)
class SeriesSpan:
    """First start and last end of one published series: what it claims to cover (UTC)."""

    station_key: str
    quantity: str
    level: str | None
    averaging_period: str
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True)
class FlagCount:
    """How often the partner wrote one flag in the cells of one quantity."""

    source_id: str
    quantity: str
    flag: str
    n: int


@dataclass(frozen=True)
class PublishedTable:
    table_name: str
    snapshot_id: str
    rows: int
    state: str = "published"
    reason: str = ""


@dataclass(frozen=True)
class Publication:
    publication_id: str
    published_at: datetime
    run_id: str
    tables: tuple[PublishedTable, ...]


@dataclass(frozen=True)
class ReportData:
    """Everything the page shows, gathered; conclusions are drawn from it by `conclude`, never stored beside it."""

    partner_id: str
    partner: Bilingual
    as_of: datetime | None  # when the ledger was last written: the same state gives the same page
    run_id: str | None
    is_synthetic: bool
    sources: tuple[Source, ...]
    deliveries: tuple[Delivery, ...] = ()
    batches: tuple[Batch, ...] = ()
    refused_batches: tuple[RefusedBatch, ...] = ()
    rules: tuple[RuleResult, ...] = ()
    quarantine: tuple[QuarantineGroup, ...] = ()
    quarantined_in_force: int = 0  # rows in `quarantine`
    quarantined_closed: int = 0  # rows held back from batches that were replaced or withdrawn since
    findings: tuple[FindingGroup, ...] = ()
    months: tuple[MonthCount, ...] = ()
    spans: tuple[SeriesSpan, ...] = ()
    flags: tuple[FlagCount, ...] = ()
    stations: tuple[tuple[str, Bilingual], ...] = ()
    published_rows: int | None = None  # None: nothing was ever published
    publication: Publication | None = None
    scores: tuple[ScoreDay, ...] = ()  # oldest first
    issues: tuple[Issue, ...] = ()
    fetched: tuple[Fetched, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    feeds: Feeds = NO_FEEDS
    days: tuple[DayCount, ...] = ()  # of the last 12 months: all series together, then the poorest ones
