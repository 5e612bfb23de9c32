from __future__ import annotations

import re
from pathlib import Path

import pytest

from voicebot.adapters.asterisk.embedded.ports import Ports
from voicebot.adapters.asterisk.embedded.render import (
    AsteriskOptions,
    Folders,
    Role,
    Secrets,
    fill,
    render,
    template_files,
)
from voicebot.adapters.asterisk.embedded.root import PACKAGED
from voicebot.errors import ConfigurationError

PORTS = Ports(sip=15060, ari=15061, ami=15062, agi=15063, rtp_start=15070, rtp_end=15169)
SECRETS = Secrets(ari_password="ari-secret", ami_password="ami-secret")


def _render(folder: Path, options: AsteriskOptions) -> dict[str, str]:
    folders = Folders(
        config=folder, state=folder / "state", sounds=folder / "sounds", socket=folder / "socket"
    )
    render(options, PACKAGED, PORTS, SECRETS, folders)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.conf")}


@pytest.mark.parametrize("role", ["engine", "citizen"])
def test_every_name_is_filled_in_and_files_are_private(tmp_path: Path, role: Role) -> None:
    files = _render(tmp_path, AsteriskOptions(role=role))
    assert {path.name for path in template_files(role)} <= set(files)
    for name, text in files.items():
        assert not re.search(r"@[A-Z_]+@", text), name
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert "bind = 127.0.0.1:15060" in files["pjsip.conf"]
    assert "password = ari-secret" in files["ari.conf"]
    assert ("voicebot-inbound" in str(files)) == (role == "engine")


def test_staff_become_telephones_and_members(tmp_path: Path) -> None:
    files = _render(tmp_path, AsteriskOptions(staff={"staff-1": "sip:staff-1@127.0.0.1:15080"}))
    assert "[staff-1](staff)\naors = staff-1" in files["pjsip.conf"]
    assert "contact = sip:staff-1@127.0.0.1:15080" in files["pjsip.conf"]
    assert "member => PJSIP/staff-1,0,staff-1" in files["queues.conf"]
    assert "persistentmembers = yes" in files["queues.conf"]  # those who came by *82 outlive a restart


def test_rendering_again_replaces(tmp_path: Path) -> None:
    _render(tmp_path, AsteriskOptions(application="first"))
    files = _render(tmp_path, AsteriskOptions(application="second"))
    assert "VB_APPLICATION = second" in files["extensions.conf"]


@pytest.mark.parametrize(
    "options",
    [
        AsteriskOptions(trunk_uri="sip:a;transport=tls"),
        AsteriskOptions(duty_mobile="010\nexten => _X.,1,System(rm)"),
        AsteriskOptions(staff={"staff-1": "sip:x\n[trunk]"}),
        AsteriskOptions(staff={"Staff 1": "sip:x"}),
        AsteriskOptions(application="a;b"),
    ],
)
def test_values_cannot_break_out_of_their_line(tmp_path: Path, options: AsteriskOptions) -> None:
    with pytest.raises(ConfigurationError, match=r"holds a character|use small letters"):
        _render(tmp_path, options)


def test_unknown_name_is_told_with_its_place() -> None:
    with pytest.raises(ConfigurationError, match=r"^x\.conf:2: @NO_SUCH@ is not known; use one of HOST"):
        fill("[a]\nb = @NO_SUCH@\n", {"HOST": "127.0.0.1"}, Path("x.conf"))


def test_templates_hold_no_secret_and_open_no_door() -> None:
    for path in template_files("engine") + template_files("citizen"):
        for line in path.read_text(encoding="utf-8").splitlines():
            setting = line.partition(";")[0].replace(" ", "")
            assert not re.match(r"(password|secret)=(?!@)", setting), f"{path}: {line}"
            assert not re.match(r"bind(addr)?=(0\.0\.0\.0|::)", setting), f"{path}: {line}"
            assert "anonymous" not in setting, f"{path}: {line}"


def test_no_filter_lets_a_hyphen_through_at_its_end_only() -> None:
    # FILTER(a-z_-,…) takes the last hyphen for a range without an end, and drops hyphens.
    for path in template_files("engine"):
        for allowed in re.findall(r"FILTER\(([^,]+),", path.read_text(encoding="utf-8")):
            assert not allowed.endswith("-"), f"{path}: {allowed}"


def test_every_dialplan_target_exists() -> None:
    texts = [p.read_text(encoding="utf-8") for p in template_files("engine")]
    contexts = {name for text in texts for name in re.findall(r"^\[(voicebot-[a-z]+)\]", text, re.MULTILINE)}
    used = {
        name
        for text in texts
        for name in re.findall(
            r"^(?!\s*;).*?(?:\?|Goto\(|@|push\)=|=> ?|context = )(voicebot-[a-z]+)", text, re.MULTILINE
        )
    }
    assert used
    assert used <= contexts


def test_documentation_explains_every_name() -> None:
    documented = (Path(__file__).parents[4] / "docs/ASTERISK.md").read_text(encoding="utf-8")
    templates = template_files("engine") + template_files("citizen")
    used = {name for path in templates for name in re.findall(r"@[A-Z_]+@", path.read_text(encoding="utf-8"))}
    assert used == set(re.findall(r"@[A-Z_]+@", documented))
