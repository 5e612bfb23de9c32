from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.asterisk.ari.samples import bridge_json, channel_json
from voicebot.adapters.asterisk.ari.models import (
    read_bridge,
    read_channel,
    read_external_media,
    read_playback,
)
from voicebot.errors import TelephonyError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_channel_is_read_and_unknown_fields_are_left_out() -> None:
    channel = read_channel(channel_json(tenantid="9", something_new=[1]))
    assert (channel.id, channel.state, channel.caller_number) == ("1795307254.1", "Up", "0311234567")
    assert channel.dialplan.priority == 2
    assert channel.is_in("voicebot")
    assert not channel.is_in("voice")
    assert not channel.is_in("duty")


def test_a_channel_that_runs_no_application_is_in_none() -> None:
    position = {"context": "default", "exten": "s", "priority": 1}
    assert not read_channel(channel_json(dialplan=position)).is_in("voicebot")
    dialled = {**position, "app_name": "AppDial2", "app_data": "(Outgoing Line)"}
    assert not read_channel(channel_json(dialplan=dialled)).is_in("voicebot")


@pytest.mark.parametrize("name", ["id", "name", "state", "caller", "connected", "dialplan"])
@pytest.mark.parametrize("wrong", [None, 7, [], True])
def test_a_wrong_field_of_a_channel_is_named(name: str, wrong: object) -> None:
    with pytest.raises(TelephonyError, match=rf"^ARI channel.*'{name}'"):
        read_channel({**channel_json(), name: wrong})


def test_external_media_tells_the_rtp_address() -> None:
    variables = {"UNICASTRTP_LOCAL_PORT": "21232", "UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1"}
    media = read_external_media(channel_json("vb-media-1", channelvars=variables))
    assert (media.channel.id, media.host, media.port) == ("vb-media-1", "127.0.0.1", 21232)


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "2123x", "২"])
def test_external_media_without_a_port_is_an_error(port: str) -> None:
    variables = {"UNICASTRTP_LOCAL_PORT": port, "UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1"}
    with pytest.raises(TelephonyError, match="not a port"):
        read_external_media(channel_json(channelvars=variables))
    with pytest.raises(TelephonyError, match="UNICASTRTP_LOCAL_ADDRESS"):
        read_external_media(channel_json())


def test_a_bridge_is_read() -> None:
    assert read_bridge(bridge_json(channels=["a", "b"])).channel_ids == ("a", "b")
    with pytest.raises(TelephonyError, match="'channels'"):
        read_bridge(bridge_json(channels=["a", 1]))


@given(JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    for read in (read_channel, read_bridge, read_playback, read_external_media):
        with pytest.raises(TelephonyError, match=r"^ARI "):
            read(value)
