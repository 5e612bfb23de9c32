from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from voicebot.adapters.asterisk.embedded.endpoints import FILE_NAME, Endpoints, ari_answers
from voicebot.adapters.asterisk.embedded.ports import choose_ports
from voicebot.errors import AsteriskUnavailable


def _endpoints(run_dir: Path) -> Endpoints:
    ports = choose_ports()
    return Endpoints(
        role="engine",
        host="127.0.0.1",
        sip_port=ports.sip,
        ari_port=ports.ari,
        ari_user="voicebot",
        ari_password="secret",
        ami_port=ports.ami,
        ami_user="voicebot",
        ami_password="secret",
        agi_port=ports.agi,
        rtp_range=(ports.rtp_start, ports.rtp_end),
        pid=os.getpid(),
        run_dir=run_dir,
        application="voicebot",
        command=("/bin/false",),
        socket_dir=run_dir / "socket",
    )


def test_kept_privately_and_read_back(tmp_path: Path) -> None:
    endpoints = _endpoints(tmp_path)
    endpoints.save()
    endpoints.save()
    assert Endpoints.load(tmp_path) == endpoints
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "null"])
def test_broken_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    assert Endpoints.load(tmp_path) is None


def test_another_process_with_our_number_is_not_ours(tmp_path: Path) -> None:
    endpoints = _endpoints(tmp_path)
    assert not endpoints.alive()
    assert not dataclasses.replace(endpoints, pid=2**22 + 1).alive()


def test_authorization_header(tmp_path: Path) -> None:
    # RFC 7617: base64 of "voicebot:secret".
    assert _endpoints(tmp_path).ari_authorization() == "Basic dm9pY2Vib3Q6c2VjcmV0"


async def test_nobody_answers(tmp_path: Path) -> None:
    endpoints = _endpoints(tmp_path)
    assert not await ari_answers(endpoints)
    with pytest.raises(AsteriskUnavailable, match="no console"):
        await endpoints.console("core show version")
