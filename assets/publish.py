"""gold → published → reports as Dagster assets."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from assets import data_docs, reports
from assets.dictionary import build as dictionary
from assets.factory import POOL, OpenLake
from assets.lake.lock import writing
from assets.matters import keep_matters
from assets.publication import current_publication
from assets.refresh import Refreshed, gate_and_publish, gate_silver
from assets.state import write_status
from assets.upkeep import upkeep
from expectations.contract import Contract

PUBLISHED = dg.AssetKey(["published", "marts"])
DATA_DOCS = dg.AssetKey(["published", "data_docs"])
DICTIONARY = dg.AssetKey(["published", "dictionary"])


def publication_assets(
    contracts: Mapping[str, Contract],
    names: Mapping[str, tuple[str, str]],
    tables: Sequence[dg.AssetKey],
    open_lake: OpenLake,
) -> list[dg.AssetsDefinition]:
    """The publication (with gate G3 as its check), the platform team's Data Docs, the dictionary and a report per partner."""
    return [
        _published(contracts, tables, open_lake),
        _data_docs(contracts, open_lake),
        _dictionary(contracts, open_lake),
        *(_report(p, names[p], contracts, open_lake) for p in sorted(names)),
    ]


def _published(
    contracts: Mapping[str, Contract], tables: Sequence[dg.AssetKey], open_lake: OpenLake
) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="publish",
        specs=[
            dg.AssetSpec(
                PUBLISHED,
                deps=list(tables),
                group_name="published",
                description="The publication that consumers read: one snapshot of every audited table; `marts.duckdb`.",
                owners=["team:platform"],
                kinds={"iceberg", "duckdb"},
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "gate_g3",
                asset=PUBLISHED,
                description="Great Expectations on every mart before it is published; one that fails keeps its last publication",
            )
        ],
        pool=POOL,
    )
    def publish(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        lake = open_lake()
        done = Refreshed()
        with writing(lake.config.home):
            gate_silver(lake, context.run_id[:8], done)  # its verdicts: what it holds back is not published
            gate_and_publish(lake, context.run_id[:8], done)
            upkeep(lake)
            keep_matters(lake, context.run_id[:8])
            write_status(lake.config, lake.ledger)
        current = current_publication(lake.store)
        yield dg.MaterializeResult(
            asset_key=PUBLISHED,
            metadata={
                "publication": current.publication_id if current else "none yet",
                "tables": len(current.tables) if current else 0,
                "published now": bool(done.publication_id),
                "file": dg.MetadataValue.path(str(lake.config.marts_db)),
            },
        )
        yield dg.AssetCheckResult(
            check_name="gate_g3",
            asset_key=PUBLISHED,
            passed=not done.withheld,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"data docs": docs_link(), **(done.withheld | done.warnings or {"withheld": 0})},
        )

    return publish


def docs_link() -> dg.UrlMetadataValue:
    """Link to the first page of the Data Docs, as the web UI serves them."""
    return dg.MetadataValue.url(data_docs.SERVED + data_docs.INDEX)


def _data_docs(contracts: Mapping[str, Contract], open_lake: OpenLake) -> dg.AssetsDefinition:
    @dg.asset(
        key=DATA_DOCS,
        deps=[PUBLISHED],
        group_name="published",
        description="Great Expectations' Data Docs for the platform team: every suite, and what its last judgement came to.",
        owners=["team:platform"],
        kinds={"html", "greatexpectations"},
        pool=POOL,
    )
    def pages() -> dg.MaterializeResult:
        built = data_docs.build(open_lake(), contracts)
        return dg.MaterializeResult(
            metadata={
                "data docs": docs_link(),
                "file": dg.MetadataValue.path(str(built.index)),
                "pages": built.pages,
                "pages made anew": built.made,
                "suites with a failing rule": built.suites_failed,
            }
        )

    return pages


def _dictionary(contracts: Mapping[str, Contract], open_lake: OpenLake) -> dg.AssetsDefinition:
    @dg.asset(
        key=DICTIONARY,
        deps=[PUBLISHED],
        group_name="published",
        description="The bilingual dictionary of what is published: every table, column and key figure, with a search.",
        owners=["team:platform"],
        kinds={"html", "dbt"},
        pool=POOL,
    )
    def dictionary_pages() -> dg.MaterializeResult:
        built = dictionary.build(open_lake().config.home, contracts)
        return dg.MaterializeResult(
            metadata={
                "dictionary": dg.MetadataValue.url(dictionary.SERVED + built.index.name),
                "file": dg.MetadataValue.path(str(built.index)),
                "publication": built.publication_id or "none yet",
                "pages": built.pages,
                "files written": built.written,
            }
        )

    return dictionary_pages


def _report(
    partner_id: str, names: tuple[str, str], contracts: Mapping[str, Contract], open_lake: OpenLake
) -> dg.AssetsDefinition:
    @dg.asset(
        key=["reports", partner_id],
        deps=[PUBLISHED],
        group_name="reports",
        description=f"Data-quality report for {names[1]}, in Thai and English.",
        owners=["team:platform", f"team:{partner_id}"],
        kinds={"html"},
        pool=POOL,
    )
    def report() -> dg.MaterializeResult:
        path = reports.build(open_lake(), partner_id, names, contracts)
        return dg.MaterializeResult(metadata={"page": dg.MetadataValue.path(str(path)), "bytes": path.stat().st_size})

    return report
