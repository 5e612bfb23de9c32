from voicebot.outcome import CallResult
from voicebot.testing.joining import join
from voicebot.testing.persona import Expected, LikeText
from voicebot.testing.report import CallReport, EngineView, TurnReport
from voicebot.timeline.record import parse

TIMELINE = """\
{"t": 0.0, "track": "engine", "event": "call_started", "wall_time": "2026-01-01T00:00:00+09:00", \
"service": "duty", "call_id": "c1"}
{"t": 0.3, "track": "bot", "event": "prompt", "id": 1, "text": "무슨 일이신가요?"}
{"t": 0.4, "track": "bot", "event": "audible_started", "id": 1}
{"t": 2.0, "track": "bot", "event": "audible_ended", "id": 1}
{"t": 4.0, "track": "citizen", "event": "turn", "turn_id": 1, "text": "가로등이", "early": true}
{"t": 4.2, "track": "engine", "event": "retract", "turn_id": 1}
{"t": 5.0, "track": "citizen", "event": "turn", "turn_id": 2, "text": "가로등이 꺼졌어요"}
{"t": 5.1, "track": "bot", "event": "prompt", "id": 2, "text": "어디인가요?"}
{"t": 5.2, "track": "bot", "event": "audible_started", "id": 2}
{"t": 6.0, "track": "bot", "event": "audible_ended", "id": 2}
{"t": 12.0, "track": "bot", "event": "prompt", "id": 3, "text": "들리세요?"}
{"t": 12.1, "track": "bot", "event": "audible_started", "id": 3}
{"t": 13.0, "track": "bot", "event": "audible_ended", "id": 3}
{"t": 15.0, "track": "citizen", "event": "turn", "turn_id": 3, "text": "시장 앞이요"}
{"t": 15.5, "track": "engine", "event": "work", "name": "open_case", \
"succeeded": true, "result": {"case_number": "1001"}}
{"t": 15.6, "track": "bot", "event": "prompt", "id": 4, "text": "접수했습니다."}
{"t": 18.0, "track": "engine", "event": "call_ended", "result": "completed", "reason": "done", \
"slots": {"place": "시장 앞"}}
"""

REPORT = CallReport(
    persona="a",
    ended_by="bot",
    turns=(
        TurnReport(said="가로등이 꺼졌어요", bot_at_s=0.9, said_at_s=3.2, gap_ms=300.0),
        TurnReport(bot="어디", bot_at_s=5.71),
        TurnReport(said="시장 앞이요", bot_at_s=12.6, said_at_s=14.0, cut_off=True),
        TurnReport(bot_at_s=16.2),
    ),
)


def test_the_engines_words_are_joined_to_the_turns_they_belong_to() -> None:
    joined = join(REPORT, parse(TIMELINE.splitlines(keepends=True), "t"))
    assert [turn.bot for turn in joined.turns] == [
        "무슨 일이신가요?",
        "어디인가요?",
        "들리세요?",
        "접수했습니다.",
    ]
    assert [turn.heard for turn in joined.turns] == ["가로등이 꺼졌어요", "", "시장 앞이요", ""]
    assert joined.engine == EngineView(
        outcome="completed",
        reason="done",
        slots={"place": "시장 앞"},
        case="1001",
        works=("open_case",),
    )
    assert joined.turns[0].gap_ms == 300.0, "figures stay the citizen's own"


def test_json_has_the_promised_keys() -> None:
    printed = join(REPORT, parse(TIMELINE.splitlines(keepends=True), "t")).as_json()
    assert {"outcome", "turns", "slots", "case"} <= set(printed)
    turns = printed["turns"]
    assert isinstance(turns, list)
    assert list(turns[0]) == ["bot", "said", "heard", "gap_ms", "cut_off"] and turns[0]["gap_ms"] == 300.0


def test_without_the_engine_the_outcome_is_what_the_citizen_can_tell() -> None:
    assert REPORT.outcome == ""
    assert CallReport(persona="a", ended_by="citizen").outcome == "hung_up"
    assert CallReport(persona="a", ended_by="nobody answered").outcome == "failed"


def test_a_timeline_without_a_prompt_still_tells_the_outcome() -> None:
    lines = [TIMELINE.splitlines(keepends=True)[0], TIMELINE.splitlines(keepends=True)[-1]]
    assert join(REPORT, parse(lines, "t")).outcome == "completed"


def test_every_shortfall_is_told() -> None:
    expected = Expected(
        result=CallResult.HANDED_OVER,
        reason="emergency",
        slots={"place": LikeText(like="소방서"), "callback": "1", "danger": "no"},
        case=True,
        most_cut_off=0,
        fewest_turns=9,
    )
    view = EngineView(outcome="completed", slots={"place": "시장 앞", "danger": "yes"})
    report = CallReport(persona="a", ended_by="bot", turns=REPORT.turns, engine=view)
    wrong = report.shortfalls(expected)
    assert len(wrong) == 8
    for part in (
        "'handed_over'",
        "'emergency'",
        "like '소방서'",
        "'callback' is not filled",
        "'yes'",
        "expected one",
    ):
        assert any(part in line for line in wrong), part


def test_an_expected_call_has_no_shortfall() -> None:
    expected = Expected(
        result=CallResult.COMPLETED, slots={"place": LikeText(like="시장 압")}, case=True, fewest_turns=4
    )
    assert join(REPORT, parse(TIMELINE.splitlines(keepends=True), "t")).shortfalls(expected) == []


def test_what_staff_read_and_what_was_done_is_expected() -> None:
    engine = EngineView(works=("alert", "report"), report="[오늘] 열 (김순이 님)")
    report = CallReport(
        persona="a", ended_by="bot", turns=(TurnReport(bot="식사는 하셨어요?"),), engine=engine
    )
    good = Expected(works=("alert",), no_works=("open_case",), said=("식사는하셨",), report=("[오늘] 열",))
    assert report.shortfalls(good) == []
    bad = Expected(works=("remember",), no_works=("alert",), said=("안녕",), report=("통증",))
    assert report.shortfalls(bad) == [
        "work 'remember' was not done; done: alert, report",
        "work 'alert' was done",
        "the report does not hold '통증': '[오늘] 열 (김순이 님)'",
        "the bot never said '안녕'",
    ]
