"""The table of kinds × caught, at the end of the test's output, whichever process ran the tests."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

NAME = "mutation"
"""Name of the property that each test of a mutation records: gate, severity, rule, kind, where."""
SEVERITIES = ("critical", "major", "minor")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Gates × severities always, every kind as well with -v; a kind that was missed is named in any case."""
    lines = sorted(
        (*recorded, report.passed)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, recorded in report.user_properties
        if name == NAME
    )
    if not lines:
        return
    write = terminalreporter.write_line
    terminalreporter.section("mutations of clean deliveries: kinds x caught")
    for gate, of_gate in groupby(lines, key=lambda line: line[0]):
        found = list(of_gate)
        n = Counter(severity for _, severity, *_ in found)
        told = ", ".join(f"{n[severity]} {severity}" for severity in SEVERITIES if n[severity])
        harmless = f"; {n['none']} that only look like faults" if n["none"] else ""
        caught = sum(line[-1] for line in found)
        write(f"{gate}  {caught:3} of {len(found):3} kinds as they should be ({told}{harmless}; {_rules(found)} rules)")
    every_kind = terminalreporter.config.get_verbosity() >= 0
    for gate, severity, rule, kind, where, passed in lines:
        if every_kind or not passed:
            write(f"{gate}  {'caught' if passed else 'MISSED':7} {severity:9} {rule:32} {kind:58} {where}")


def _rules(lines: list[tuple[str, ...]]) -> int:
    return len({line[2] for line in lines if line[2]})
