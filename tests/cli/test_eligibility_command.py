"""``voicebot eligibility``."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from voicebot.cli.eligibility import eligibility
from voicebot.services.welfare.reading import RULES_FILE
from voicebot.services.welfare.rules import BENEFITS

app = typer.Typer()
app.command()(eligibility)

KNOWN = {
    "basic_livelihood": ["생계"],
    "mobile_bill_krw": 33000,
    "mobile_carrier": "mno",
    "line_in_own_name": True,
    "month": 7,
    "fuel": "city_gas",
    "household_size": 1,
    "age": 70,
}


def _run(profiles: str, *arguments: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, ["--today", "2026-11-22", *arguments], input=profiles)
    return result.exit_code, result.stdout.splitlines(), result.stderr


def test_a_profile() -> None:
    code, lines, errors = _run(json.dumps(KNOWN))
    assert (code, errors) == (0, "")
    benefits = json.loads(lines[0])
    assert tuple(benefits) == BENEFITS
    assert set(benefits["mobile"]) == {"eligible", "amount_krw", "apply", "as_of", "source", "missing"}
    assert {key: benefits[key]["amount_krw"] for key in benefits} == {
        "mobile": 29500,  # 26000 + 7000 / 2
        "electricity": 20000,  # July
        "gas": 9900,
        "heat": 0,  # not the fuel
        "tv_licence": 2500,
        "energy_voucher": 295000,  # a year
    }
    assert benefits["heat"]["eligible"] is False
    assert benefits["mobile"]["as_of"] == "2026-11-22"


def test_nothing_known() -> None:
    code, lines, _ = _run("{}\n")
    assert code == 0
    for benefit in json.loads(lines[0]).values():
        assert benefit["eligible"] is None
        assert benefit["amount_krw"] is None
        assert benefit["missing"]


def test_a_bill_that_is_not_known() -> None:
    _, lines, _ = _run(json.dumps({**KNOWN, "mobile_bill_krw": None}))
    mobile = json.loads(lines[0])["mobile"]
    assert (mobile["eligible"], mobile["amount_krw"], mobile["missing"]) == (True, None, [])


def test_bad_lines_do_not_stop_the_others() -> None:
    bad = [
        '{"colour": 1}',
        '{"age": "70"}',
        '{"near_poor": 1}',
        '{"basic_livelihood": ["노령"]}',
        '{"mobile_bill_krw": -1}',
        '{"month": null}',
        '{"age": true}',
        "not json",
        "[]",
        '{"age": 1, "age": 2}',
    ]
    code, lines, errors = _run("\n".join([*bad, "", "{}"]))
    assert code == 1
    assert len(lines) == 1
    for number, message in enumerate(
        (
            "unknown key 'colour'; the keys are basic_livelihood",
            "age is '70'; give a whole number from 0 to 120, or leave the key out",
            "near_poor is 1; give true or false",
            "basic_livelihood is ['노령']; give a list of 생계, 의료, 주거, 교육",
            "mobile_bill_krw is -1; give won before VAT",
            "month is None; give a whole number from 1 to 12",
            "age is True; give a whole number",
            "not a JSON profile",
            "not a JSON object",
            "not a JSON profile ('age' is given twice)",
        ),
        start=1,
    ):
        assert f"line {number}: {message}" in errors


def test_verified_rules_only() -> None:
    _, lines, _ = _run(json.dumps(KNOWN), "--verified-only")
    benefits = json.loads(lines[0])
    assert benefits["mobile"]["amount_krw"] == 29500
    assert (benefits["gas"]["eligible"], benefits["gas"]["missing"]) == (None, [])


def test_a_rule_file_with_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES_FILE.read_text(encoding="utf-8").replace("amount: 2500", "amount: much"), "utf-8")
    code, lines, errors = _run("{}", "--rules", str(path))
    assert (code, lines) == (2, [])
    assert "rules.yaml:" in errors


def test_expired_rules() -> None:
    result = CliRunner().invoke(app, ["--today", "2030-01-01"], input="{}")
    assert result.exit_code == 2
    assert "expired: not valid on 2030-01-01" in result.stderr
