from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.asterisk.fastagi.request import AgiRequest, LineBuffer, RequestParser
from voicebot.errors import FastAgiError

# As Asterisk 22.10.1 sent it.
REQUEST = """\
agi_network: yes
agi_network_script: route
agi_request: agi://127.0.0.1:4573/route
agi_channel: PJSIP/trunk-00000005
agi_language: en
agi_type: PJSIP
agi_uniqueid: 1795308137.14
agi_version: 22.10.1
agi_callerid: 0311234567
agi_calleridname: 홍길동
agi_callingpres: 67
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: unknown
agi_rdnis: unknown
agi_context: inbound
agi_extension: 2000
agi_priority: 1
agi_enhanced: 0.0
agi_accountcode:\x20
agi_threadid: 140678878332608
agi_arg_1: first
agi_arg_2:\x20
agi_arg_3: 셋째

""".encode()


def parse(data: bytes, cuts: tuple[int, ...] = ()) -> AgiRequest | None:
    """Feed the bytes in pieces; what the parser made of them."""
    lines, parser = LineBuffer(), RequestParser()
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        lines.feed(data[start:end])
        while (line := lines.next_line()) is not None:
            request = parser.line(line)
            if request is not None:
                return request
    return None


@given(st.lists(st.integers(0, len(REQUEST)), max_size=6).map(tuple))
def test_a_request_is_read_however_it_is_cut(cuts: tuple[int, ...]) -> None:
    request = parse(REQUEST, cuts)
    assert request is not None
    assert request.script == "route"
    assert request.arguments == ("first", "", "셋째")
    assert (request.caller_number, request.called_number) == ("0311234567", "2000")
    assert (request.channel_id, request.channel_name) == ("1795308137.14", "PJSIP/trunk-00000005")
    assert request.context == "inbound"
    assert request.variables["agi_calleridname"] == "홍길동"


def test_a_withheld_number_is_empty_and_a_told_called_number_is_taken() -> None:
    request = parse(
        REQUEST.replace(b"0311234567", b"unknown").replace(b"agi_dnid: unknown", b"agi_dnid: 1000")
    )
    assert request is not None
    assert (request.caller_number, request.called_number) == ("", "1000")


def test_a_name_in_another_encoding_does_not_keep_the_call_from_being_routed() -> None:
    request = parse(REQUEST.replace("홍길동".encode(), "홍길동".encode("euc-kr")))
    assert request is not None
    assert request.caller_number == "0311234567"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "not a line of one"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", "not a line of one"),
        (b"\n", "no agi_network_script"),
        (b"agi_network_script: \n\n", "no agi_network_script"),
        (b"agi_channel: x\nagi_channel: y\n", "comes twice"),
        (b"agi_channel: a\0b\n", "not a line of one"),
        (b"agi_channel\n", "not a line of one"),
        (b"x" * 2049, "more than 2048 bytes"),
        (b"agi_x: " + b"y" * 10_000_000, "more than 2048 bytes"),
        (b"".join(b"agi_%d: x\n" % index for index in range(161)), "more than 160 lines"),
    ],
)
def test_what_is_not_a_request_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(FastAgiError, match=sentence):
        parse(data)


def test_the_longest_line_is_taken() -> None:
    line = b"agi_x: " + b"y" * (2048 - 7)
    assert parse(line + b"\nagi_network_script: route\n\n") is not None


@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse(data)
    except FastAgiError as error:
        assert str(error).startswith("FastAGI")


FRAGMENTS = st.lists(
    st.sampled_from(
        [b"agi_", b"network_script", b"arg_1", b": ", b"\n", b"\r\n", b"route", b"\xff", b"\0", b" "]
    ),
    max_size=40,
)


@given(FRAGMENTS.map(b"".join))
def test_almost_requests_are_read_or_refused(data: bytes) -> None:
    try:
        request = parse(data)
    except FastAgiError:
        return
    assert request is None or request.script
