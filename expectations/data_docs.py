"""Great Expectations' Data Docs, from what the gates judged: suites and their last outcomes as pages that need no network.

Nothing is judged here. The renderers are Great Expectations' own; its page template, which asks seven servers for its
looks, is replaced by one that names files beside the page (`data_docs_model.static_files`). Rows that failed are never shown.

Besides `suite.py` the only module that imports Great Expectations: callers import it where they need it.
"""
# ruff: noqa: TID251

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader

from expectations.data_docs_model import FILES, INDEX, ZONE, Judgement, Outcome, SuiteDoc
from expectations.rules import OWN_KWARGS, Rule

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read while the package is imported
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations as gx
    import great_expectations.expectations as gxe
    from great_expectations.core import (
        ExpectationSuite,
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.render import RenderedStringTemplateContent
    from great_expectations.render.renderer import (
        ExpectationSuitePageRenderer,
        SiteIndexPageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.view import DefaultJinjaPageView

VERSION = gx.__version__
_SEVERITY = {"critical": "critical", "major": "warning", "minor": "info"}
_MADE_BY_THE_GATE = "-- counted by the gate over {batch}, from what the other rules took out"


def suite_html(suite: SuiteDoc) -> str:
    """The page of a suite: its rules with their reasons, and what each asks."""
    expectations = [_expectation(rule, _rule_text(rule) + _asked(rule)) for rule in suite.rules]
    notes = {"format": "markdown", "content": [title for title in (suite.title_en, suite.title_th) if title]}
    made = ExpectationSuite(
        name=suite.name, expectations=expectations, meta={"great_expectations_version": VERSION, "notes": notes}
    )
    return _page(ExpectationSuitePageRenderer().render(made), suite.name, suite.page)


def result_html(suite: SuiteDoc, judgement: Judgement) -> str:
    """The page of a suite's last judgement. Rules that the suite does not have any more are shown as they were judged."""
    rules = {rule.id: rule for rule in suite.rules}
    results = [
        ExpectationValidationResult(
            success=outcome.is_passed,
            expectation_config=_expectation(rules.get(outcome.rule), _outcome_text(outcome), outcome).configuration,
            result={"observed_value": f"{outcome.failed:,} of {outcome.evaluated:,} failed"},
            exception_info={"raised_exception": False, "exception_message": None, "exception_traceback": None},
        )
        for outcome in sorted(judgement.outcomes, key=lambda outcome: outcome.is_passed)
    ]
    passed = sum(outcome.is_passed for outcome in judgement.outcomes)
    whole = ExpectationSuiteValidationResult(
        success=judgement.is_passed,
        suite_name=suite.name,
        results=results,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(results) - passed,
            "success_percent": 100 * passed / len(results) if results else None,
        },
        suite_parameters={},
        meta={
            "great_expectations_version": VERSION,
            "run_id": {"run_name": judgement.run_id, "run_time": judgement.judged_at.isoformat()},
            "batch_spec": {"data_asset_name": f"{suite.table} ({judgement.subject})", "gate": suite.gate},
        },
    )
    return _page(ValidationResultsPageRenderer().render(whole), f"{suite.name}, judged", suite.result_page)


def index_html(suites: Sequence[SuiteDoc], judgements: Mapping[str, Judgement]) -> str:
    """The first page: every suite, and the last judgement of each, failed ones first."""
    judged = [(suite, judgements[suite.name]) for suite in suites if suite.name in judgements]
    judged.sort(key=lambda pair: (pair[1].is_passed, pair[0].name))
    document = SiteIndexPageRenderer.render(
        {
            "site_name": "Mae Moh lakehouse / แพลตฟอร์มข้อมูลแม่เมาะ",
            "expectations_links": [
                {"expectation_suite_name": s.name, "filepath": s.page} for s in sorted(suites, key=lambda s: s.name)
            ],
            "validations_links": [_result_link(suite, judgement) for suite, judgement in judged],
        }
    )
    [tabs] = [block for block in document.sections[0].content_blocks if block.content_block_type == "tabs"]
    for tab in tabs.tabs:
        table = tab["tab_content"]
        # All rows, in the order that they have here; the clear button's sign is in an icon font that stays away.
        for option in ("pagination", "sortName", "sortOrder", "showSearchClearButton"):
            table.table_options.pop(option, None)
        if len(table.table_columns) > 1:
            _arrange(table, [judgement for _, judgement in judged])
        else:
            for row in table.table_data:
                row["expectation_suite_name"] = _link(row["expectation_suite_name"], row["_table_row_link_path"])
    return _page(document, "Mae Moh data docs", INDEX)


def _result_link(suite: SuiteDoc, judgement: Judgement) -> dict[str, Any]:
    return {
        "expectation_suite_name": suite.name,
        "expectation_suite_filepath": suite.page,
        "filepath": suite.result_page,
        "validation_success": judgement.is_passed,
        "run_time": judgement.judged_at,
        "run_name": judgement.run_id,
        "asset_name": suite.gate,
        "batch_identifier": judgement.subject,
    }


def _arrange(table: Any, judgements: Sequence[Judgement]) -> None:
    """The table of judgements in our order and words, with the gravest failure beside the status."""
    titles = {"asset_name": "Gate", "batch_identifier": "Judged", "run_time": "When (Bangkok)", "run_name": "Run"}
    for column in table.table_columns:
        column["title"] = titles.get(column["field"], column["title"])
        # A filter by date would need one more library, one by a link finds nothing; both columns can be sorted.
        if column["field"] in ("run_time", "batch_identifier"):
            for key in [key for key in column if key.startswith("filter")]:
                del column[key]
    gravest = {"field": "gravest", "title": "Gravest failure", "sortable": "true", "filterControl": "select"}
    by_field = {column["field"]: column for column in [*table.table_columns, gravest]}
    order = ("validation_success", "gravest", "asset_name", "expectation_suite_name", "batch_identifier", "run_time")
    table.table_columns[:] = [by_field[field] for field in order] + [by_field["run_name"]]
    for row, judgement in zip(table.table_data, judgements, strict=True):
        row["gravest"] = judgement.gravest or "–"
        row["batch_identifier"] = _link(judgement.subject, row["_table_row_link_path"])
        row["run_time"] = f"{judgement.judged_at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _link(words: str, path: str) -> RenderedStringTemplateContent:
    """A row can be clicked; a link can be reached by the keyboard too."""
    return RenderedStringTemplateContent(
        content_block_type="string_template",
        string_template={
            "template": "$words",
            "params": {"words": words},
            "tag": "a",
            "styling": {"attributes": {"href": path}},
        },
    )


def _expectation(rule: Rule | None, text: str, outcome: Outcome | None = None) -> Any:
    """The rule as Great Expectations holds it, described by `text` (HTML)."""
    kind = getattr(gxe, rule.expectation, None) if rule and rule.expectation else None
    kwargs = {name: value for name, value in rule.kwargs.items() if name not in OWN_KWARGS} if rule and kind else {}
    if kind is None or "unexpected_rows_query" in kwargs:
        kind = gxe.UnexpectedRowsExpectation
        kwargs = {"unexpected_rows_query": _query(kwargs.get("unexpected_rows_query", _MADE_BY_THE_GATE))}
    severity = rule.severity if rule else outcome.severity if outcome else "minor"
    # Great Expectations reads `$name` in a description as a parameter.
    return kind(description=text.replace("$", "&#36;"), severity=FailureSeverity(_SEVERITY[severity]), **kwargs)


def _query(sql: str) -> str:
    """SQL as Great Expectations writes it: braces other than the name of the data are text."""
    parts = sql.replace("{table}", "{batch}").split("{batch}")
    return "{batch}".join(part.replace("{", "{{").replace("}", "}}") for part in parts)


def _rule_text(rule: Rule | Outcome) -> str:
    name = rule.id if isinstance(rule, Rule) else rule.rule
    words = " · ".join((rule.dimension, rule.scope, rule.severity, rule.action))
    return (
        f'<span class="rule-id">{escape(name)}</span> <span class="rule-words">{escape(words)}</span>'
        f'<br>{escape(rule.reason_en or "")}<br><span lang="th">{escape(rule.reason_th or "")}</span>'
    )


def _outcome_text(outcome: Outcome) -> str:
    places = "".join(f"<li>{escape(place)}</li>" for place in outcome.places)
    return _rule_text(outcome) + (f'<ul class="places">{places}</ul>' if places else "")


def _asked(rule: Rule) -> str:
    """What a rule asks, folded away: its SQL, or the arguments of its expectation."""
    kwargs = dict(rule.kwargs)
    sql = kwargs.pop("unexpected_rows_query", "")
    lines = [sql] if sql else []
    lines.extend(f"{name}: {value}" for name, value in kwargs.items())
    if not lines:
        return ""
    return (
        f'<details class="asked"><summary>{escape(rule.expectation)}</summary>'
        f"<pre>{escape(chr(10).join(lines))}</pre></details>"
    )


@cache
def _view() -> DefaultJinjaPageView:
    view = DefaultJinjaPageView()
    assert view.env.loader  # it finds the parts of a page that stay Great Expectations' own
    view.env.loader = ChoiceLoader([FileSystemLoader(FILES / "templates"), view.env.loader])
    return view


def _page(document: Any, heading: str, path: str) -> str:
    made: str = _view().render(
        document, heading=heading, root="../" * path.count("/"), is_index=path == INDEX, show_how_to_buttons=False
    )
    return "\n".join(line.rstrip() for line in made.splitlines() if line.strip()) + "\n"
