from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.asterisk.ari.samples import bridge, channel
from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.models import Bridge, Channel
from voicebot.adapters.asterisk.ari.resync import (
    AdoptCall,
    CloseCall,
    DestroyBridge,
    HangUpLeg,
    KnownCall,
    ReleaseCitizen,
    ResyncAction,
    plan_resync,
)

MEDIA, DESK, BRIDGE = naming.media_channel_id("1"), naming.desk_channel_id("1"), naming.bridge_id("1")
CALL = KnownCall(call_id="1", citizen_channel_id="citizen")


def plan(
    channels: list[Channel], bridges: list[Bridge] | None = None, calls: list[KnownCall] | None = None
) -> tuple[ResyncAction, ...]:
    return plan_resync(channels=channels, bridges=bridges or [], calls=calls or [], application="voicebot")


def test_a_call_that_lives_here_is_adopted_whole() -> None:
    found = plan([channel("citizen"), channel(MEDIA)], [bridge(BRIDGE, "citizen", MEDIA)], [CALL])
    assert found == (AdoptCall(call_id="1", media_found=True, bridge_found=True),)


def test_what_an_adopted_call_lacks_is_told() -> None:
    assert plan([channel("citizen")], [bridge(BRIDGE)], [CALL]) == (
        AdoptCall(call_id="1", media_found=False, bridge_found=False),
    )


def test_a_call_whose_citizen_is_gone_is_closed_and_cleared_away() -> None:
    found = plan([channel(MEDIA), channel(DESK)], [bridge(BRIDGE, MEDIA, DESK)], [CALL])
    assert found == (
        CloseCall(call_id="1", taken=False),
        HangUpLeg(channel_id=MEDIA),
        HangUpLeg(channel_id=DESK),
        DestroyBridge(bridge_id=BRIDGE),
    )


def test_an_officer_who_is_being_briefed_is_left_alone_and_one_of_a_lost_call_is_not() -> None:
    leg = naming.officer_leg_id("1", 1)
    desk, media, joined = naming.desk_channel_id(leg), naming.media_channel_id(leg), naming.bridge_id(leg)
    known = KnownCall(call_id=leg, citizen_channel_id=desk)
    there = [channel(desk), channel(media)]
    assert plan(there, [bridge(joined, desk, media)], [known]) == (
        AdoptCall(call_id=leg, media_found=True, bridge_found=True),
    )
    assert plan(there, [bridge(joined, desk, media)]) == (
        HangUpLeg(channel_id=desk),
        HangUpLeg(channel_id=media),
        DestroyBridge(bridge_id=joined),
    )


def test_a_telephone_that_rings_for_a_lost_call_is_hung_up_and_one_that_talks_is_not() -> None:
    desk = naming.desk_channel_id(naming.officer_leg_id("1", 1))
    ringing = replace(channel(desk, running="AppDial2"), state="Ringing")
    assert plan([ringing]) == (HangUpLeg(channel_id=desk),)
    assert plan([channel(desk, running="Wait")]) == ()
    leg = KnownCall(call_id=naming.officer_leg_id("1", 1), citizen_channel_id=desk)
    assert [action for action in plan([ringing], [], [leg]) if isinstance(action, HangUpLeg)] == []


def test_a_citizen_in_the_queue_by_now_is_not_ours_any_more() -> None:
    assert plan([channel("citizen", running="Queue")], [], [CALL]) == (CloseCall(call_id="1", taken=True),)


def test_after_a_crash_citizens_go_to_the_duty_queue_first() -> None:
    found = plan([channel(MEDIA), channel("citizen")], [bridge(BRIDGE, "citizen", MEDIA)])
    assert found == (
        ReleaseCitizen(channel_id="citizen"),
        HangUpLeg(channel_id=MEDIA),
        DestroyBridge(bridge_id=BRIDGE),
    )


def test_two_people_who_talk_are_left_alone() -> None:
    channels = [channel("citizen"), channel(DESK), channel(MEDIA)]
    assert plan(channels, [bridge(BRIDGE, "citizen", DESK, MEDIA)]) == (HangUpLeg(channel_id=MEDIA),)


def test_a_desk_person_without_a_citizen_is_hung_up() -> None:
    assert plan([channel(DESK)], [bridge(BRIDGE, DESK)]) == (
        HangUpLeg(channel_id=DESK),
        DestroyBridge(bridge_id=BRIDGE),
    )


def test_a_citizen_beside_a_bridge_with_the_desk_alone_is_released() -> None:
    assert plan([channel(DESK), channel("citizen")], [bridge(BRIDGE, DESK)])[0] == ReleaseCitizen(
        channel_id="citizen"
    )


def test_what_is_not_ours_is_left_alone() -> None:
    channels = [
        channel("a", application="voicebot2"),
        channel(MEDIA, application="voicebot2"),
        channel("b", running="Queue"),
        channel("c", running="AppDial2"),
    ]
    bridges = [bridge("4711", "a"), bridge(BRIDGE, "a", name="voicebot2"), bridge("vb-bridge-")]
    assert plan(channels, bridges) == ()


CALL_IDS = st.sampled_from(["1", "2", "3"])
CHANNEL_IDS = st.one_of(
    CALL_IDS.map(naming.media_channel_id),
    CALL_IDS.map(naming.desk_channel_id),
    st.sampled_from(["citizen-1", "citizen-2", "citizen-3"]),
)
CHANNELS = st.lists(
    st.builds(
        channel, CHANNEL_IDS, st.sampled_from(["voicebot", "other"]), st.sampled_from(["Stasis", "Queue"])
    ),
    unique_by=lambda item: item.id,
)
BRIDGES = st.lists(
    st.builds(
        lambda name, ids, owner: bridge(name, *ids, name=owner),
        CALL_IDS.map(naming.bridge_id) | st.just("foreign"),
        st.lists(CHANNEL_IDS, unique=True, max_size=4),
        st.sampled_from(["voicebot", "other"]),
    ),
    unique_by=lambda item: item.id,
)
CALLS = st.lists(
    st.builds(KnownCall, call_id=CALL_IDS, citizen_channel_id=st.sampled_from(["citizen-1", "citizen-2"])),
    unique_by=(lambda call: call.call_id, lambda call: call.citizen_channel_id),
)


@given(CHANNELS, BRIDGES, CALLS)
def test_nobody_is_forgotten_and_nobody_foreign_is_touched(
    channels: list[Channel], bridges: list[Bridge], calls: list[KnownCall]
) -> None:
    actions = plan(channels, bridges, calls)
    assert len(set(actions)) == len(actions)
    ours = {item.id for item in channels if item.is_in("voicebot")}
    touched = {a.channel_id for a in actions if isinstance(a, ReleaseCitizen | HangUpLeg)}
    assert touched <= ours
    assert {a.bridge_id for a in actions if isinstance(a, DestroyBridge)} <= {
        item.id for item in bridges if item.name == "voicebot" and item.id != "foreign"
    }
    settled = [a.call_id for a in actions if isinstance(a, AdoptCall | CloseCall)]
    assert sorted(settled) == sorted(call.call_id for call in calls)
    adopted = {a.call_id for a in actions if isinstance(a, AdoptCall)}
    held = {call.citizen_channel_id for call in calls if call.call_id in adopted}
    for channel_id in ours:
        call_id = naming.call_of_media_channel(channel_id) or naming.call_of_desk_channel(channel_id)
        if call_id is not None:
            assert not (call_id in adopted and channel_id in touched)
        elif channel_id in held:
            assert channel_id not in touched
        elif channel_id not in touched:
            # Whoever is neither ours to talk to nor released talks to a person, in a bridge that stays.
            assert any(
                channel_id in item.channel_ids
                and any(naming.call_of_desk_channel(leg) for leg in item.channel_ids if leg in ours)
                and DestroyBridge(bridge_id=item.id) not in actions
                for item in bridges
            )


@given(CHANNELS, BRIDGES, CALLS)
def test_what_was_done_is_not_done_again(
    channels: list[Channel], bridges: list[Bridge], calls: list[KnownCall]
) -> None:
    actions = plan(channels, bridges, calls)
    gone = {a.channel_id for a in actions if isinstance(a, ReleaseCitizen | HangUpLeg)}
    destroyed = {a.bridge_id for a in actions if isinstance(a, DestroyBridge)}
    closed = {a.call_id for a in actions if isinstance(a, CloseCall)}
    again = plan(
        [item for item in channels if item.id not in gone],
        [
            bridge(item.id, *(leg for leg in item.channel_ids if leg not in gone), name=item.name)
            for item in bridges
            if item.id not in destroyed
        ],
        [call for call in calls if call.call_id not in closed],
    )
    assert all(isinstance(action, AdoptCall) for action in again)
