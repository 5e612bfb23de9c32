from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.asterisk.ari import naming
from voicebot.errors import TelephonyError

CALL_IDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=100)


@given(CALL_IDS)
def test_every_id_names_its_call_and_only_in_its_own_kind(call_id: str) -> None:
    assert naming.call_of_media_channel(naming.media_channel_id(call_id)) == call_id
    assert naming.call_of_desk_channel(naming.desk_channel_id(call_id)) == call_id
    assert naming.call_of_bridge(naming.bridge_id(call_id)) == call_id
    assert naming.call_of_desk_channel(naming.media_channel_id(call_id)) is None
    assert naming.call_of_media_channel(naming.bridge_id(call_id)) is None


@pytest.mark.parametrize("call_id", ["", "a b", "a\nb", "a" * 138, "\x00"])
def test_what_cannot_be_an_id_is_refused(call_id: str) -> None:
    with pytest.raises(TelephonyError, match="cannot be part of a channel id"):
        naming.media_channel_id(call_id)


def test_foreign_ids_belong_to_no_call() -> None:
    assert naming.call_of_media_channel("1795307254.1") is None
    assert naming.call_of_media_channel("vb-media-") is None


def test_an_officers_leg_has_audio_and_a_bridge_of_its_own() -> None:
    leg = naming.officer_leg_id("1795307254.1", 2)
    assert naming.call_of_desk_channel(naming.desk_channel_id(leg)) == leg
    assert leg not in (naming.officer_leg_id("1795307254.1", 1), naming.officer_leg_id("1795307254.2", 2))
    with pytest.raises(TelephonyError, match="cannot be part of a channel id"):
        naming.officer_leg_id("a" * 130, 1)
