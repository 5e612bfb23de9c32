"""Tables of numbers that the report of a day and that of a campaign share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from voicebot.outcome import CallResult
from voicebot.records.campaigns import Disposition
from voicebot.reports.document import Cell, Column, Row, Table, Urgency
from voicebot.reports.facts import AnomalyCount, BenefitCount, CallCount, PeopleCount
from voicebot.reports.shown import share
from voicebot.reports.words import CASE_KINDS, DISPOSITIONS, RESULTS, URGENCIES, Words, urgency

_LEVELS = (Urgency.URGENT, Urgency.TODAY, Urgency.NOTE)

_COUNTED_ONCE = "여러 캠페인에서 건 분은 “모두”에 한 번만 셉니다."

_KEPT_NO_LONGER = "보관 기간이 지남"


def campaigns_table(
    people: Sequence[PeopleCount], in_all: PeopleCount, calls: Sequence[CallCount], words: Words
) -> Table:
    """Per campaign and in all: called, reached, and what the conversations came to."""
    results = [result for result in CallResult if any(call.result is result for call in calls)]
    columns = (
        Column(key="campaign", heading="캠페인", wide=True),
        Column(key="service", heading="서비스"),
        Column(key="attempts", heading="건 횟수"),
        Column(key="called", heading="건 분"),
        Column(key="reached", heading="받은 분"),
        Column(key="unanswered", heading="못 받은 분"),
        Column(key="share", heading="연결률"),
        *(Column(key=result.value, heading=RESULTS[result]) for result in results),
    )
    rows = []
    for one in people:
        mine = [call for call in calls if call.campaign == one.campaign]
        rows.append(
            (one.campaign, words.service(one.service), *_numbers(one.called, one.reached, mine, results))
        )
    total = _numbers(in_all.called, in_all.reached, calls, results)
    return Table(
        key="campaigns",
        heading="시에서 건 전화",
        columns=columns,
        rows=(
            *(Row(cells=cells) for cells in rows),
            *((Row(cells=("모두", "", *total), total=True),) if len(rows) > 1 else ()),
        ),
        empty="건 전화가 없습니다.",
        note=_COUNTED_ONCE if len(rows) > 1 else "",
    )


def _numbers(
    called: int, reached: int, calls: Iterable[CallCount], results: Sequence[CallResult]
) -> tuple[Cell, ...]:
    attempts, by_result = 0, Counter[CallResult | None]()
    for call in calls:
        attempts += call.count
        by_result[call.result] += call.count
    counts = (by_result[result] for result in results)
    return (attempts, called, reached, called - reached, share(reached, called), *counts)


def dispositions_table(calls: Sequence[CallCount]) -> Table:
    """How attempts ended, and their share."""
    counts = Counter[Disposition | None]()
    for call in calls:
        counts[call.disposition] += call.count
    attempts = counts.total()
    named = [(DISPOSITIONS[one], counts[one]) for one in DISPOSITIONS if counts[one]]
    if counts[None]:
        named.append(("거는 중", counts[None]))
    rows = [Row(cells=(name, count, share(count, attempts))) for name, count in named]
    if len(rows) > 1:
        rows.append(Row(cells=("모두", attempts, ""), total=True))
    return Table(
        key="dispositions",
        heading="전화가 어떻게 끝났나",
        columns=(
            Column(key="disposition", heading="결과", wide=True),
            Column(key="attempts", heading="횟수"),
            Column(key="share", heading="비율"),
        ),
        rows=tuple(rows),
        empty="건 전화가 없습니다.",
    )


def anomalies_table(counts: Sequence[AnomalyCount], words: Words) -> Table:
    """Anomalies by what they are and how urgent they are."""
    by_kind: dict[str, Counter[Urgency]] = {}
    unseen = Counter[str]()
    for one in counts:
        name = words.anomaly(one.kind)
        by_kind.setdefault(name, Counter())[urgency(one.level)] += one.count
        unseen[name] += one.unseen
    ordered = sorted(by_kind.items(), key=lambda item: tuple(-item[1][level] for level in _LEVELS))
    rows = [_anomaly_row(name, levels, unseen[name]) for name, levels in ordered]
    if len(rows) > 1:
        together = sum((levels for _, levels in ordered), Counter[Urgency]())
        rows.append(_anomaly_row("모두", together, unseen.total(), total=True))
    return Table(
        key="anomalies",
        heading="이상 징후",
        columns=(
            Column(key="kind", heading="무엇", wide=True),
            *(Column(key=level.value, heading=URGENCIES[level]) for level in _LEVELS),
            Column(key="all", heading="모두"),
            Column(key="unseen", heading="아직 안 봄"),
        ),
        rows=tuple(rows),
        empty="이상 징후가 없습니다.",
    )


def _anomaly_row(name: str, levels: Counter[Urgency], unseen: int, *, total: bool = False) -> Row:
    worst = next((level for level in _LEVELS if levels[level]), Urgency.NONE)
    counts = (levels[level] for level in _LEVELS)
    return Row(
        cells=(name, *counts, levels.total(), unseen),
        urgency=Urgency.NONE if total else worst,
        total=total,
    )


def benefits_table(counts: Sequence[BenefitCount], words: Words) -> Table:
    """What citizens asked to have done, by benefit; who asked for two counts for both."""
    kinds = [kind for kind in CASE_KINDS if any(one.kind == kind for one in counts)]
    asked: dict[str, Counter[str]] = {}
    cases = Counter[str]()
    for one in counts:
        cases[one.kind] += one.count
        for name in [words.benefits.get(key, key) for key in one.benefits] or [_KEPT_NO_LONGER]:
            asked.setdefault(name, Counter())[one.kind] += one.count
    ordered = sorted(asked.items(), key=lambda item: (-item[1].total(), item[0]))
    rows = [Row(cells=(name, *(by_kind[kind] for kind in kinds))) for name, by_kind in ordered]
    if rows:
        rows.append(Row(cells=("건수", *(cases[kind] for kind in kinds)), total=True))
    return Table(
        key="benefits",
        heading="혜택별 신청",
        columns=(
            Column(key="benefit", heading="혜택", wide=True),
            *(Column(key=kind, heading=CASE_KINDS[kind]) for kind in kinds),
        ),
        rows=tuple(rows),
        empty="신청이 없습니다.",
        note="한 분이 여러 혜택을 신청하면 혜택마다 셉니다." if rows else "",
    )
