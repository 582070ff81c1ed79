"""What partners answer: whatever program wrote the file, good lines are taken, bad ones say why in both languages."""

from __future__ import annotations

import re

import pytest

from assets.answers import COLUMNS, MAX_WORDS, REASONS, judge_answers, read_answers
from assets.readers.result import Refusal

THAI = re.compile(r"[\u0e00-\u0e7f]")
OWN = ["328a8af77f5b", "c9fb8d3cc86c"]
TEXT = "issue_id,state,words\n328a8af77f5b,fixed,ส่งไฟล์ใหม่แล้ว\nC9FB8D3CC86C,โต้แย้ง,\n"


def rule_of(*line: str) -> str | None:
    text = ",".join(COLUMNS) + "\n" + ",".join(line) + "\n"
    held = judge_answers(read_answers(text.encode(), "answers/a.csv"), OWN).held
    return held["rule"][0] if held.height else None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_an_answer_is_read_whatever_program_wrote_it(encoding: str) -> None:
    judged = judge_answers(read_answers(TEXT.replace("\n", "\r\n").encode(encoding), "answers/2026-11.csv"), OWN)
    assert judged.taken.rows() == [("2", OWN[0], "fixed", "ส่งไฟล์ใหม่แล้ว"), ("3", OWN[1], "disputed", "")]
    assert judged.held.is_empty()


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (("328a8af77f5b", "Fixed ", ""), None),
        (("000000000000", "fixed", ""), "unknown_issue"),  # another partner's issue is as unknown as none
        (("", "fixed", "all of them"), "unknown_issue"),
        (("328a8af77f5b", "done", ""), "unknown_state"),
        (("328a8af77f5b", "fixed", "โทร 081-234-5678"), "personal_data"),
        (("ask somchai@example.com", "fixed", ""), "personal_data"),
        (("328a8af77f5b", "disputed", "x" * (MAX_WORDS + 1)), "words_too_long"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(line: tuple[str, str, str], rule: str | None) -> None:
    assert rule_of(*line) == rule


def test_reasons_are_said_in_both_languages() -> None:
    assert all(not THAI.search(en) and THAI.search(th) for en, th in REASONS.values())


def test_a_file_without_its_columns_is_refused_as_a_whole() -> None:
    with pytest.raises(Refusal, match="issue_id and state cannot be found"):
        read_answers(b"number,what\n1,fixed\n", "answers/a.csv")
    with pytest.raises(Refusal, match="not_text"):
        read_answers(b"PK\x03\x04 no csv", "answers/a.csv")


def test_a_line_of_the_form_that_was_left_open_says_nothing() -> None:
    form = f"issue_id,state,words\n{OWN[0]},,\n{OWN[1]},fixed,\n,,\n"
    judged = judge_answers(read_answers(form.encode(), "answers/a.csv"), OWN)
    assert judged.taken["issue_id"].to_list() == [OWN[1]] and judged.held.is_empty()


def test_words_may_be_left_out_and_an_empty_file_answers_nothing() -> None:
    assert read_answers(b"issue_id,state\n328a8af77f5b,fixed\n", "answers/a.csv").rows() == [("2", OWN[0], "fixed", "")]
    assert judge_answers(read_answers(b"issue_id,state,words\n", "answers/a.csv"), OWN).taken.is_empty()
