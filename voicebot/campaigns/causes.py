"""Why a call that a campaign placed has ended, in one word, from what Asterisk tells of its end.

Source: ``ast_sip_hangup_sip2cause`` of Asterisk 22 (``res/res_pjsip.c``) and RFC 3398; the SIP answer is
looked at first, since several of them share a Q.850 cause.
"""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.records.campaigns import Disposition

_D = Disposition

_BY_SIP: Mapping[int, Disposition] = {
    401: _D.TRUNK_REFUSED,
    403: _D.TRUNK_REFUSED,
    404: _D.INVALID_NUMBER,
    407: _D.TRUNK_REFUSED,
    408: _D.UNREACHABLE,
    410: _D.NUMBER_CHANGED,
    480: _D.NO_ANSWER,
    483: _D.NO_ANSWER,
    484: _D.BAD_FORMAT,
    485: _D.INVALID_NUMBER,
    486: _D.BUSY,
    487: _D.NO_ANSWER,  # our own CANCEL after the longest ringing; what we took back ourselves is known apart
    488: _D.CODEC,
    503: _D.CONGESTION,
    600: _D.BUSY,
    603: _D.DECLINED,
    604: _D.INVALID_NUMBER,
    606: _D.CODEC,
}

_BY_CAUSE: Mapping[int, Disposition] = {
    0: _D.NO_ANSWER,  # the ringing time is over
    1: _D.INVALID_NUMBER,
    16: _D.NO_ANSWER,  # cleared in order, but never answered
    17: _D.BUSY,
    18: _D.UNREACHABLE,
    19: _D.NO_ANSWER,
    20: _D.UNREACHABLE,
    21: _D.DECLINED,
    22: _D.NUMBER_CHANGED,
    27: _D.NETWORK,
    28: _D.BAD_FORMAT,
    34: _D.CONGESTION,
    38: _D.NETWORK,
    41: _D.NETWORK,
    42: _D.CONGESTION,
    58: _D.CODEC,
    88: _D.CODEC,
    102: _D.NETWORK,
}

NOT_RUNG = frozenset({_D.TRUNK_REFUSED, _D.CONGESTION, _D.NETWORK, _D.CODEC, _D.CANCELLED})
"""The person's telephone did not ring: this counts for no cap of theirs."""

TRUNK_FAULTS = frozenset({_D.CONGESTION, _D.NETWORK})
"""Every campaign backs off from the trunk."""

OURS_TO_MEND = frozenset({_D.TRUNK_REFUSED, _D.CODEC})
"""Nothing gets better by trying again: the campaign is paused until somebody has mended the trunk."""


def disposition_of(cause: int, sip_status: int | None = None) -> Disposition:
    """The disposition of a call that nobody answered.

    Args:
        cause: Q.850, of ``ChannelDestroyed``.
        sip_status: The channel driver's own cause, where it told one.
    """
    if sip_status is not None and 400 <= sip_status < 700:
        if sip_status in _BY_SIP:
            return _BY_SIP[sip_status]
        if sip_status >= 600:
            return _D.DECLINED
        return _D.NETWORK if sip_status >= 500 else _D.UNREACHABLE
    return _BY_CAUSE.get(cause, _D.UNREACHABLE)
