from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.asterisk.fastagi.reply import AgiReply, ReplyParser, set_variable_command
from voicebot.errors import FastAgiError


def parse_arguments(command: str) -> list[str]:
    """What Asterisk makes of a command: quotes group, a backslash protects what follows it."""
    words: list[str] = []
    word, quoted, begun = "", False, False
    characters = iter(command)
    for character in characters:
        if character == "\\":
            word, begun = word + next(characters), True
        elif character == '"':
            quoted, begun = not quoted, True
        elif character in " \t" and not quoted:
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            word, begun = word + character, True
    return [*words, word] if begun else words


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=100))
def test_asterisk_reads_back_exactly_what_was_meant(value: str) -> None:
    command = set_variable_command("VB_ROUTE", value)
    assert command.count(b"\n") == 1
    assert command.endswith(b"\n")
    assert parse_arguments(command.decode().removesuffix("\n")) == ["SET", "VARIABLE", "VB_ROUTE", value]


@pytest.mark.parametrize("value", ["a\nHANGUP", "a\rb", "a\0b", "a\x1b[0m", "\x7f"])
def test_no_value_becomes_a_second_command(value: str) -> None:
    with pytest.raises(FastAgiError, match="control character"):
        set_variable_command("VB_ROUTE", value)


@pytest.mark.parametrize("name", ["", "A B", 'A"', "SHELL(rm)", "A\n", "9A", "이름"])
def test_only_plain_variables_are_set(name: str) -> None:
    with pytest.raises(FastAgiError, match="only letters"):
        set_variable_command(name, "x")


def test_what_asterisk_would_cut_off_is_refused() -> None:
    assert len(set_variable_command("A", "x" * 2029)) == 2047
    with pytest.raises(FastAgiError, match="2047 bytes"):
        set_variable_command("A", "x" * 2030)
    with pytest.raises(FastAgiError, match="not valid text"):
        set_variable_command("A", "\ud800")


def replies(*lines: bytes) -> list[AgiReply]:
    parser = ReplyParser()
    return [reply for line in lines if (reply := parser.line(line)) is not None]


def test_replies_as_asterisk_sends_them() -> None:
    assert replies(b"200 result=1") == [AgiReply(code=200, result="1", data="")]
    assert replies("200 result=1 (한 (글))".encode()) == [AgiReply(code=200, result="1", data="한 (글)")]
    assert replies(b"200 result=1")[0].succeeded
    assert not replies(b"200 result=-1")[0].succeeded
    assert not replies(b"510 Invalid or unknown command")[0].succeeded
    assert replies(b"511 Command Not Permitted on a dead channel or intercept routine")[0].code == 511


def test_a_hang_up_or_a_wait_comes_before_the_reply() -> None:
    assert replies(b"HANGUP", b"100 result=0 Trying...", b"200 result=1") == [
        AgiReply(code=200, result="1", data="")
    ]


def test_a_usage_text_is_one_reply() -> None:
    lines = (b"520-Invalid command syntax.", b"200 result=1 is no reply here", b"520 End of proper usage.")
    assert [reply.code for reply in replies(*lines, b"200 result=1")] == [520, 200]


def test_what_is_not_a_reply_is_refused() -> None:
    with pytest.raises(FastAgiError, match="not one of Asterisk's"):
        replies(b"hello")


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_lines_are_read_or_refused(lines: list[bytes]) -> None:
    try:
        replies(*lines)
    except FastAgiError:
        pass
