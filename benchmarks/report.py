"""``benchmarks/RESULTS.md``: what was promised, what was measured, and by which command."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
TABLE = Path(__file__).parent / "RESULTS.md"

_PACKAGES = ("ctranslate2", "faster-whisper", "onnxruntime", "numpy", "webrtcvad-wheels", "aiohttp")

Row = tuple[str, str, str, bool | None, str]
"""Promise, target, measured, kept (``None``: no target), benchmark."""


def write_report() -> Path:
    """Write the table from all results that are there; returns its place."""
    results: dict[str, Any] = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))
    }
    lines = [*_head(), *_promises(results), *_details(results), ""]
    TABLE.write_text("\n".join(lines), encoding="utf-8")
    return TABLE


def _head() -> Iterator[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield "# Measured"
    yield ""
    yield "Written by `make bench` (`python -m benchmarks.run`). Each line names the benchmark that it comes"
    yield "from: `python -m benchmarks.NAME`. The engine, both Asterisks and the callers share one machine."
    yield "Its virtual processors are kept awake by processes that run when nobody else wants to"
    yield "(`voicebot/testing/awake.py`), as `idle=poll` would: see docs/OPERATIONS.md."
    yield "Where its host kept the processors for others meanwhile, the row says for how much of the time;"
    yield "such a row was measured up to three times, and the run that was disturbed least is shown."
    yield ""
    yield f"{date.today().isoformat()}, {_processor()}, {os.cpu_count()} cores,"
    yield f"Python {platform.python_version()}, {packages}."
    yield ""


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _promises(results: dict[str, Any]) -> Iterator[str]:
    yield "| promise | target | measured | kept | benchmark |"
    yield "|---|---|---|---|---|"
    for name, rows in _ROWS.items():
        if name in results:
            for promise, target, measured, kept, source in rows(results[name]):
                mark = "–" if kept is None else "yes" if kept else "**no**"
                yield f"| {promise} | {target} | {measured} | {mark} | `{source}` |"
    yield ""


def _gap_rows(result: dict[str, Any]) -> Iterator[Row]:
    for row in result["rows"]:
        promise = f"response gap, {row['question']} question, {row['citizens_at_once']} at once"
        target = row.get("target_ms", {})
        wanted = ", ".join(f"{name} ≤ {value} ms" for name, value in target.items()) or "–"
        kept = all(row[f"gap_{name}_ms"] <= value for name, value in target.items()) if target else None
        measured = (
            f"p50 {row['gap_p50_ms']} ms, p95 {row['gap_p95_ms']} ms, {row['cut_off_percent']} % cut off "
            f"({row['turns']} turns{_stolen(row)})"
        )
        yield promise, wanted, measured, kept, "response_gap"


def _stolen(figures: dict[str, Any]) -> str:
    return f"; {figures['stolen_by_host_percent']:.0f} % stolen by the host"


def _capacity_rows(result: dict[str, Any]) -> Iterator[Row]:
    name = "media_capacity"
    cost, late = result["core_percent_per_call"], result["tick_lateness_p99_ms"]
    lost = result["packets_lost"] + result["frames_skipped"] + result["unsent"]
    memory = result["memory_mib_per_further_call"]
    promise = f"media and voice activity, {result['calls']} calls on one core"
    yield promise, "≤ 0.5 % of a core a call", f"{cost:.2f} %{_stolen(result)}", cost <= 0.5, name
    yield "tick lateness, p99", "≤ 5 ms", f"{late:.1f} ms", late <= 5, name
    yield "frames lost", "0", str(lost), lost == 0, name
    yield "memory of a further call (media)", "≤ 1 MB", f"{memory:.2f} MiB", memory <= 1, name


def _barge_in_rows(result: dict[str, Any]) -> Iterator[Row]:
    name, targets = "barge_in", result["targets"]
    p50, most = result["silenced_p50_ms"], targets["silenced_p50_ms"]
    over = f"({result['interruptions']} interruptions{_stolen(result)})"
    measured = f"p50 {p50} ms, p95 {result['silenced_p95_ms']} ms {over}"
    yield "barge-in: onset → bot silent", f"p50 ≤ {most} ms", measured, p50 <= most, name
    false, most = result["false_stop_percent"], targets["false_stop_percent"]
    yield "false stops", f"≤ {most} %", f"{false} % of {result['nods']} nods", false <= most, name


def _cost_rows(result: dict[str, Any]) -> Iterator[Row]:
    name = "recognition_cost"
    for cost in result["costs"]:
        figures = f"{cost['cpu_ms_per_utterance']} CPU ms an utterance, CER {cost['cer_percent']} %"
        if not cost["name"].startswith("stock"):
            yield f"recognition, {cost['name']}", "–", figures, None, name
        elif cost["name"] == "stock, own window, defaults":
            times = cost["times_ours"]
            yield f"against {cost['name']}", "≥ 5 ×", f"{times} × ({figures})", times >= 5, name
        else:
            yield f"against {cost['name']}", "–", f"{cost['times_ours']} × ({figures})", None, name


def _accuracy_rows(result: dict[str, Any]) -> Iterator[Row]:
    name = "recognition_accuracy"
    for model in result["models"]:
        for line in model["lines"]:
            figure = "–" if line["figure"] is None else f"{line['figure']:.2f}"
            promise = f"{model['model']}: {line['what']}"
            yield promise, line["target"], f"{figure} ({line['note']})", line["met"], name


def _records_rows(result: dict[str, Any]) -> Iterator[Row]:
    name = "records"
    # Other work on the machine shares its disk and its cores with the databases.
    meanwhile = f"; load average {result['load_average']}{_stolen(result)}"
    for database in ("sqlite", "postgresql"):
        figures = result[database]
        for what in ("cases", "attempts"):
            alone, together = (figures[f"{what}_a_second_{writers}_at_once"] for writers in (1, 16))
            cpu_ms = figures[f"{what}_cpu_ms_1_at_once"]
            rates = f"{alone} a second one by one, {together} by 16 writers, {cpu_ms} CPU ms each{meanwhile}"
            yield f"records on {database}: {what} written", "–", rates, None, name
        kept = (
            f"{figures['calls_kept_a_second']} a second, {figures['calls_kept_cpu_ms']} CPU ms each, "
            f"the event loop stood still for {figures['longest_stop_ms']} ms at most{meanwhile}"
        )
        yield f"records on {database}: whole calls of 8 exchanges kept", "–", kept, None, name
        p50, p99 = figures["case_meanwhile_p50_ms"], figures["case_meanwhile_p99_ms"]
        waited = f"p50 {p50} ms, p99 {p99} ms{meanwhile}"
        yield (
            f"records on {database}: the number of a case, as 5 calls a second begin",
            "–",
            waited,
            None,
            name,
        )
        for purge in figures["purge"]:
            took = (
                f"{purge['rows_deleted']:,} rows in {purge['purge_s']} s; a write beside it: "
                f"p50 {purge['write_beside_p50_ms']} ms, worst {purge['write_beside_worst_ms']} ms{meanwhile}"
            )
            what = f"records on {database}: purge, a tenth of {purge['calls']:,} calls is old"
            yield what, "–", took, None, name


def _campaign_rows(result: dict[str, Any]) -> Iterator[Row]:
    name, rows = "campaign", result["rows"]
    for database in ("sqlite", "postgresql"):
        figures = result[database]
        least, short, long = (figures[f"{count}_rows"] for count in (rows // 100, rows // 10, rows))
        meanwhile = f"; load average {figures['load_average']}{_stolen(figures)}"
        took = f"{long['import_s']} s, {long['import_cpu_s']} CPU s, at most {long['import_peak_mb']} MB"
        whole = f"{took} (a tenth of it: {short['import_peak_mb']} MB){meanwhile}"
        promise = f"campaign on {database}: a list of {rows:,} rows imported"
        yield promise, "≤ 60 s a million", whole, _in_time(long, rows), name
        sizes = ((rows // 100, least), (rows // 10, short), (rows, long))
        chosen = ", ".join(f"{of['choose_1000_ms']} ms out of {count:,}" for count, of in sizes)
        promise = f"campaign on {database}: the next 1,000 to call"
        yield promise, "does not grow", chosen + meanwhile, _does_not_grow(least, long), name


def _does_not_grow(least: dict[str, Any], long: dict[str, Any]) -> bool:
    """Twice is the noise of a measurement; a list that is a hundred times as long would show as much."""
    return bool(long["choose_1000_ms"] <= 2 * least["choose_1000_ms"])


def _campaign_calls_rows(result: dict[str, Any]) -> Iterator[Row]:
    name = "campaign_calls"
    meanwhile = f"; load average {result['load_average']}{_stolen(result)}"
    rate = f"{result['calls_a_second']} a second over {result['seconds']:.0f} s{meanwhile}"
    yield f"campaign: {result['calls']:,} short calls through Asterisk", "–", rate, None, name
    engine_ms, asterisk_ms = result["engine_cpu_ms_a_call"], result["asterisk_cpu_ms_a_call"]
    cost = f"{engine_ms} CPU ms of the engine, {asterisk_ms} of its Asterisk"
    yield "campaign: a short call", "–", cost, None, name
    yield from _campaign_faults(result, name)


def _campaign_show_rows(result: dict[str, Any]) -> Iterator[Row]:
    name, kills = "campaign_show", result["engine_killed"]
    ends = ", ".join(f"{count} {how}" for how, count in result["attempts_by_disposition"].items())
    touched = f"{result['touched_by_a_kill']} touched by a kill"
    meanwhile = f"; load average {result['load_average']}{_stolen(result)}"
    whole = f"{ends} ({result['seconds']:.0f} s, {touched}){meanwhile}"
    yield f"campaign: {result['people']:,} people, the engine killed {kills} times", "–", whole, None, name
    yield from _campaign_faults(result, name)


def _campaign_faults(result: dict[str, Any], name: str) -> Iterator[Row]:
    lost = result["called_twice_or_lost"]
    of = f"of {result['calls']:,} attempts"
    yield "campaign: called twice, lost, or an opt-out not kept", "0", f"{lost} {of}", lost == 0, name
    other = result["ended_otherwise_than_expected"]
    yield "campaign: ended otherwise than the behaviour demands", "–", f"{other} {of}", None, name


def _reports_rows(result: dict[str, Any]) -> Iterator[Row]:
    meanwhile = f", {result['peak_mb']} MB in all; load average {result['load_average']}{_stolen(result)}"
    for database in ("sqlite", "postgresql"):
        figures = result[database]
        read = ", ".join(
            f"{what.replace('_', ' ')} {figures[f'{what}_s']} s"
            for what in ("day", "daily_campaign", "campaign_once", "person")
        )
        what = f"reports on {database} of {figures['attempts']:,} attempts"
        yield what, "–", read + meanwhile, None, "reports"


def _in_time(figures: dict[str, Any], rows: int) -> bool:
    return bool(figures["import_s"] <= 60 * rows / 1_000_000)


def _events_rows(result: dict[str, Any]) -> Iterator[Row]:
    meanwhile = f"; load average {result['load_average']}{_stolen(result)}"
    for database in ("sqlite", "postgresql"):
        figures = result[database]
        rate = f"{figures['events_a_second']} a second, {figures['event_cpu_ms']} CPU ms each{meanwhile}"
        yield f"events on {database}: from the outbox to mosquitto", "–", rate, None, "events"
        p50, worst = figures["alert_latency_p50_ms"], figures["alert_latency_worst_ms"]
        latency = f"p50 {p50} ms, worst {worst} ms{meanwhile}"
        yield f"events on {database}: an alert, from commit to subscriber", "–", latency, None, "events"


def _persona_rows(result: dict[str, Any]) -> Iterator[Row]:
    least = result["target_percent"]
    for line in result["lines"]:
        services = ", ".join(f"{service} {share}" for service, share in line["by_service"].items())
        measured = f"{line['percent']} % ({line['reached']} of {line['calls']}: {services}{_stolen(result)})"
        promise = f"persona calls come to their outcome, {line['line']}"
        yield promise, f"≥ {least:g} %", measured, line["percent"] >= least, "persona_calls"


def _understanding_rows(result: dict[str, Any]) -> Iterator[Row]:
    name, unseen = "understanding", result["held_out"]
    right = f"{unseen['accuracy']:.1%} of {unseen['cases']}"
    yield "interpretation of unseen answers", "≥ 97 %", right, unseen["accuracy"] >= 0.97, name
    wrong = f"{unseen['wrong_and_not_read_back']:.1%} of those acted upon"
    yield "unseen answers taken wrongly without reading back", "–", wrong, None, name
    yield "interpretation, an utterance", "–", f"{unseen['us_per_utterance']:.0f} µs", None, name


_ROWS: dict[str, Callable[[dict[str, Any]], Iterator[Row]]] = {
    "response_gap": _gap_rows,
    "media_capacity": _capacity_rows,
    "barge_in": _barge_in_rows,
    "recognition_cost": _cost_rows,
    "recognition_accuracy": _accuracy_rows,
    "records": _records_rows,
    "campaign": _campaign_rows,
    "campaign_calls": _campaign_calls_rows,
    "campaign_show": _campaign_show_rows,
    "reports": _reports_rows,
    "events": _events_rows,
    "persona_calls": _persona_rows,
    "understanding": _understanding_rows,
}


def _details(results: dict[str, Any]) -> Iterator[str]:
    if "response_gap" in results:
        yield from _where_time_goes(results["response_gap"])
    if "turn_taking" in results:
        yield from _trade_off(results["turn_taking"])
    if "persona_calls" in results:
        yield from _missed_calls(results["persona_calls"])
    if "understanding" in results:
        yield from _calibration(results["understanding"])
    if "recognition_accuracy" in results:
        yield from _misheard(results["recognition_accuracy"])
    if "recognition_streaming" in results:
        yield from _partials(results["recognition_streaming"])


def _where_time_goes(result: dict[str, Any]) -> Iterator[str]:
    yield "## Where the time of a response gap goes"
    yield ""
    yield "Medians in milliseconds, from the engine's timelines; the rest of the gap is transport."
    yield ""
    yield "| question | at once | last voice → decision | decode (p95) | decision → first packet | gap |"
    yield "|---|---|---|---|---|---|"
    for row in result["rows"]:
        parts = row["where_the_time_goes_p50_ms"]
        yield (
            f"| {row['question']} | {row['citizens_at_once']} | {parts['voice_end_to_decision']} "
            f"| {parts['of_which_decode']} ({parts['decode_p95']}) | {parts['decision_to_first_packet']} "
            f"| {row['gap_p50_ms']} |"
        )
    yield ""


def _trade_off(result: dict[str, Any]) -> Iterator[str]:
    for title, figures in result.items():
        if not isinstance(figures, dict) or "curve" not in figures:
            continue
        yield f"## Cut-offs against gap on the pause corpus: {title}"
        yield ""
        yield "| patience | question | cut off % | gap p50 ms | gap p95 ms | decodes an answer |"
        yield "|---|---|---|---|---|---|"
        for patience, shapes in figures["curve"].items():
            for shape, values in shapes.items():
                yield (
                    f"| {patience} | {shape} | {values['cut_off_percent']} | {values['gap_p50_ms']} "
                    f"| {values['gap_p95_ms']} | {values['decodes_per_answer']} |"
                )
        yield ""


def _missed_calls(result: dict[str, Any]) -> Iterator[str]:
    if not result["missed"]:
        return
    yield "## Persona calls that came to something else"
    yield ""
    for call in result["missed"]:
        why = "; ".join(call["shortfalls"])
        heard = "; ".join(call["misheard"]) or "nothing"
        yield f"* {call['persona']}, {call['line']}, run {call['run']}: {why}. Misheard: {heard}"
    yield ""


def _calibration(result: dict[str, Any]) -> Iterator[str]:
    unseen = result["held_out"]
    yield "## Interpretation of unseen answers: by kind, and how far its confidence can be trusted"
    yield ""
    yield "| kind | answers | right |"
    yield "|---|---|---|"
    for kind, one in unseen["by_kind"].items():
        yield f"| {kind} | {one['cases']} | {one['accuracy']:.1%} |"
    yield ""
    yield "| confidence | answers | right |"
    yield "|---|---|---|"
    for one in unseen["calibration"]:
        yield f"| {one['confidence']:.2f} | {one['cases']} | {one['accuracy']:.1%} |"
    yield ""


def _misheard(result: dict[str, Any]) -> Iterator[str]:
    for model in result["models"]:
        yield f"## What is misheard: {model['model']}"
        yield ""
        words = (f"{one['said']} → {one['heard'] or '–'} ({one['count']})" for one in model["confused"])
        yield f"Words, with how often: {', '.join(words)}."
        yield ""
        yield from (f"* {line}" for line in model["several_sentences"])
        yield ""


def _partials(result: dict[str, Any]) -> Iterator[str]:
    yield f"## What partial decodes are worth: {result['model']}"
    yield ""
    yield "Decoded at every 300 ms; for the columns: `python -m benchmarks.recognition_streaming --help`."
    yield ""
    heads = ("set", "clips", "settled %", "ms early", "whole early %", "deceived %", "if sure %")
    yield f"| {' | '.join(heads)} | twice % | deceived % |"
    yield "|---" * (len(heads) + 2) + "|"
    for row in result["rows"]:
        yield "| " + " | ".join("–" if value is None else str(value) for value in row.values()) + " |"
    yield ""
    yield "| a word cut off after | nothing % | its beginning % | whole % | another text % |"
    yield "|---|---|---|---|---|"
    for percent, shares in result["cut_words"].items():
        yield f"| {percent} | " + " | ".join(str(share) for share in shares.values()) + " |"
    yield ""
