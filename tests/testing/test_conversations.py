"""Every conversation of tests/conversations, played as text; and what the format and its runner promise."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from voicebot.dialogue.flow import compile_flow
from voicebot.errors import ConfigurationError
from voicebot.services import Service, load_flow, load_service
from voicebot.testing.conversation import Conversation, ConversationFile, Played, load_conversations, play

FOLDER = Path(__file__).parent.parent / "conversations"
FILES = sorted(FOLDER.glob("*.yaml"))


@cache
def _file(path: Path) -> ConversationFile:
    return load_conversations(path)


@cache
def _service(path: Path) -> Service:
    file = _file(path)
    if file.service is not None:
        return load_service(file.service, file.settings)
    assert file.flow is not None  # one of both is given
    return load_flow(path.parent / file.flow, file.settings)


@cache
def _played(path: Path, number: int) -> Played:
    return play(_service(path), _file(path).whole()[number])


@pytest.mark.parametrize(
    ("path", "number"),
    [
        pytest.param(path, number, id=f"{path.stem}: {conversation.name}")
        for path in FILES
        for number, conversation in enumerate(_file(path).conversations)
    ],
)
def test_conversation(path: Path, number: int) -> None:
    played = _played(path, number)
    if played.problem:
        pytest.fail(played.report, pytrace=False)


@pytest.mark.parametrize("service", sorted({_file(path).service or "" for path in FILES} - {""}))
def test_every_state_of_a_service_is_visited(service: str) -> None:
    files = [path for path in FILES if _file(path).service == service]
    visited = {
        name
        for path in files
        for number in range(len(_file(path).conversations))
        for name in _played(path, number).visited
    }
    excused = {name for path in files for name in _file(path).unvisited}
    states = set(_service(files[0]).plan.states)
    assert states - visited - excused == set(), "no conversation comes through these states"
    assert excused <= states - visited, "listed as not visited, but visited or not there"


# --- format and runner --------------------------------------------------------------------------------

_FLOW = """\
flow: tiny
start: hungry
variables: {name: ""}
everywhere:
  {human: person, silent: bye, who: bye, later: bye, stop: bye, emergency: person, police: person,
   suicide: person}
states:
  hungry: {ask: hungry, expect: yes_no, prompts: "배고프세요?", answers: {yes: order, no: bye}}
  order: {do: order, arguments: {name: "{name}"}, results: [dish], timeout_s: 5, next: told, failed: person}
  told: {say: "{dish|이/가} 옵니다.", next: bye}
  person: {hand_over: kitchen, reason: asked, failed: bye}
  bye: {end: completed, reason: done, say: 안녕히 계세요.}
"""


@pytest.fixture(name="tiny")
def _tiny(tmp_path: Path) -> Service:
    (tmp_path / "tiny.yaml").write_text(_FLOW, encoding="utf-8")
    return load_flow(tmp_path / "tiny.yaml")


def _play(tiny: Service, **given: object) -> Played:
    return play(tiny, Conversation.model_validate({"name": "try", **given}))


def test_work_comes_as_told_and_the_call_ends(tiny: Service) -> None:
    played = _play(
        tiny,
        variables={"name": "순이"},
        works={"order": {"gives": {"dish": "죽"}}},
        turns=[{"bot": "배고프세요", "said": "네"}, {"bot": ["죽이 옵니다", "안녕히"]}],
        expect={
            "outcome": {"result": "completed", "reason": "done"},
            "slots": {"dish": "죽"},
            "works": [{"name": "order", "arguments": {"name": "순이"}, "without": "dish"}],
            "transfer": "",
            "said": "옵니다",
            "never": "죄송",
        },
    )
    assert played.problem == ""
    assert played.visited == {"hungry", "order", "told", "bye"}


@pytest.mark.parametrize("work", [{"fails": True}, {"after_s": 6, "gives": {"dish": "죽"}}, {"gives": {}}])
def test_work_that_fails_comes_late_or_brings_nothing(tiny: Service, work: dict[str, object]) -> None:
    played = _play(
        tiny,
        works={"order": work},
        turns=[{"said": "네"}],
        expect={"transfer": "kitchen", "slots": {"dish": ""}},
    )
    assert played.problem == ""
    assert "person" in played.visited


def test_what_a_function_gives_can_be_told(tmp_path: Path) -> None:
    text = _FLOW.replace("start: hungry", "start: look").replace(
        "states:\n", "states:\n  look: {compute: look, sets: [name], next: hungry}\n"
    )
    compilation = compile_flow("tiny.yaml", text.replace("배고프세요?", "{name} 배고프세요?"))
    assert compilation.plan is not None
    tiny = Service(name="tiny", plan=compilation.plan, functions={"look": lambda slots: {"name": "순이"}})
    assert _play(tiny, turns=[{"bot": "순이 배고프세요"}]).problem == ""
    told = {"look": {"name": "철수"}}
    assert _play(tiny, computed=told, turns=[{"bot": "철수 배고프세요"}]).problem == ""


def test_what_the_citizen_does_while_work_is_done(tiny: Service) -> None:
    work = {"gives": {"dish": "죽"}, "meanwhile": [{"keys": "0"}]}
    played = _play(tiny, works={"order": work}, turns=[{"said": "네"}], expect={"transfer": "kitchen"})
    assert played.problem == ""
    played = _play(
        tiny, works={"order": {"meanwhile": [{"bot": "뭐라고", "keys": "0"}]}}, turns=[{"said": "네"}]
    )
    assert "should have said '뭐라고'" in played.problem


def test_nobody_takes_the_transfer(tiny: Service) -> None:
    played = _play(
        tiny,
        transfers="nobody",
        turns=[{"keys": "0"}, {"bot": "안녕히"}],
        expect={"outcome": {"result": "completed"}},
    )
    assert played.problem == ""


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"turns": [{"bot": "졸리세요"}]}, "the bot should have said '졸리세요', but said '배고프세요?'"),
        ({"turns": [{"not_bot": "배고프"}]}, "the bot should not have said '배고프'"),
        ({"turns": [{"said": "아니요"}, {"said": "네"}]}, "the call is over, but the citizen has more to do"),
        (
            {"turns": [{"silent": True}], "expect": {"outcome": {"result": "completed"}}},
            "should have ended as completed (any reason), but goes on",
        ),
        (
            {"turns": [{"hang_up": True}], "expect": {"outcome": {"result": "completed"}}},
            "ended as hung_up (the citizen hung up)",
        ),
        (
            {"turns": [{"said": "아니요"}], "expect": {"slots": {"hungry": "yes"}}},
            "slot hungry should be 'yes', but is 'no'",
        ),
        (
            {"turns": [{"said": "아니요"}], "expect": {"works": [{"name": "order"}]}},
            "work order {} should have been asked for; asked for: none",
        ),
        (
            {"turns": [{"said": "네"}], "expect": {"no_works": "order"}},
            "work order should not have been asked",
        ),
        (
            {"turns": [{"keys": "0"}], "expect": {"transfer": ""}},
            "transferred to 'nobody', but was to 'kitchen'",
        ),
        ({"turns": [{"said": "아니요"}], "expect": {"said": "죽"}}, "should have said '죽' somewhere"),
        ({"turns": [{"said": "아니요"}], "expect": {"never": "안녕히계세요"}}, "never say '안녕히계세요'"),
    ],
)
def test_what_goes_wrong_is_told(tiny: Service, given: dict[str, object], problem: str) -> None:
    played = _play(tiny, **given)
    assert problem in played.problem
    assert played.lines[-1].text == played.problem


def test_a_failure_shows_the_whole_conversation_and_the_place(tiny: Service) -> None:
    played = _play(tiny, turns=[{"said": "뭐라고요"}, {"bot": "졸리세요", "said": "네"}])
    assert played.report == (
        "conversation 'try'\n"
        "     0.0 s  bot     배고프세요?\n"
        "     2.2 s  citizen “뭐라고요”\n"
        "     2.2 s  bot     배고프세요?\n"
        "  >>> before the citizen's “네”\n"
        "  >>> the bot should have said '졸리세요', but said '배고프세요?'"
    )


def test_a_turn_taken_back_leaves_no_trace(tiny: Service) -> None:
    played = _play(
        tiny,
        turns=[{"said": "네 아니", "heard": 0.3, "taken_back": True}, {"said": "아니요"}],
        expect={"slots": {"hungry": "no"}},
    )
    assert played.problem == ""


def test_the_example_in_the_documentation_is_a_good_file(tmp_path: Path) -> None:
    document = Path(__file__).parents[2] / "docs" / "FLOWS.md"
    _, _, section = document.read_text(encoding="utf-8").partition("## Conversations as tests")
    example = tmp_path / "example.yaml"
    example.write_text(section.split("```")[1].removeprefix("yaml"), encoding="utf-8")
    assert len(load_conversations(example).conversations) == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "service: duty\nconversations:\n- name: a\n  turns: [{said: 네, keys: '1'}]\n",
            4,
            "one turn does said and keys",
        ),
        ("service: duty\nconversations:\n- name: a\n  turns:\n  - {said: 네}\n  - {}\n", 6, "an empty turn"),
        (
            "service: duty\nconversations:\n- name: a\n  turns:\n  - {bot: 네, heard: 0.2}\n",
            5,
            "'heard' and 'scores'",
        ),
        (
            "service: duty\nconversations:\n- name: a\n  turns:\n  - {bot: 네, taken_back: true}\n",
            5,
            "undoes",
        ),
        (
            "service: duty\nconversations:\n- name: a\n  turns:\n  - {say: 네}\n",
            5,
            "Extra inputs are not permitted",
        ),
        ("conversations:\n- name: a\n  turns:\n  - {said: 네}\n", 1, "give either 'service' or 'flow'"),
        (
            "service: duty\nconversations:\n" + "- {name: a, turns: [{said: 네}]}\n" * 2,
            1,
            "two conversations are called 'a'",
        ),
        (
            "flow: nowhere.yaml\nconversations:\n- {name: a, turns: [{said: 네}]}\n",
            1,
            "there is no file 'nowhere.yaml'",
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_conversations(path)
    assert f"broken.yaml:{line}: " in str(refused.value)
    assert message in str(refused.value)
