"""Two Asterisks for the whole session: the engine's and the simulated citizen's, joined by loopback SIP."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.machine import MACHINE
from voicebot.adapters.asterisk.embedded.ports import Ports, choose_ports
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.asterisk.embedded.render import AsteriskOptions
from voicebot.adapters.asterisk.embedded.root import find_root
from voicebot.errors import AsteriskUnavailable
from voicebot.testing.awake import awake

MORE_ATTEMPTS = 2
"""For a test in real time that failed while the machine stood still; on a calm machine it has one."""

_BEGAN = pytest.StashKey[float]()
_CONSOLES = pytest.StashKey[list[Path]]()
_CONSOLE_LINES = 20


def _disturbance(item: pytest.Item) -> str:
    return MACHINE.disturbance_since(item.stash[_BEGAN]) if _BEGAN in item.stash else ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is an acceptance test; those in real time may be repeated."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.acceptance)
            if item.get_closest_marker("real_time"):
                disturbed = partial(_disturbance, item)
                item.add_marker(pytest.mark.flaky(reruns=MORE_ATTEMPTS, condition=disturbed))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Watch the machine where something depends on its keeping time."""
    if any(item.get_closest_marker("acceptance") for item in session.items):
        MACHINE.start()


def pytest_sessionfinish() -> None:
    """Take the watch down."""
    MACHINE.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Each attempt has its own beginning."""
    item.stash[_BEGAN] = time.monotonic()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what both Asterisks complained of.

    A test in real time that failed each time while the machine stood still has proved nothing.
    """
    report = yield
    if report.failed:
        consoles: list[Path] = item.config.stash.get(_CONSOLES, [])
        for console in (path for path in consoles if path.exists()):
            lines = console.read_text(encoding="utf-8", errors="replace").splitlines()[-_CONSOLE_LINES:]
            report.sections.append((f"Console of the {console.parent.name} Asterisk", "\n".join(lines)))
    last = getattr(item, "execution_count", 1) > MORE_ATTEMPTS
    if report.when == "call" and report.failed and last and item.get_closest_marker("real_time"):
        if disturbance := _disturbance(item):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, f"Skipped: {disturbance}, {MORE_ATTEMPTS + 1} times")
    return report


@pytest.fixture(scope="package", autouse=True)
def processors_awake() -> Iterator[None]:
    """Real calls want their processors back at once."""
    with awake():
        yield


@pytest.fixture(scope="session")
def asterisk_root() -> None:
    """Fail once, with the remedy, where no Asterisk is installed."""
    try:
        find_root()
    except AsteriskUnavailable as error:
        pytest.fail(str(error))


@pytest.fixture(scope="session")
def both_ports() -> tuple[Ports, Ports]:
    """Ports of the engine's and of the citizen's instance: each must know the other's before it starts."""
    engine = choose_ports()
    return engine, choose_ports(beside=engine)


@pytest.fixture(scope="session")
def run_folders(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Of both instances; their consoles are shown with what fails."""
    folders = {name: tmp_path_factory.mktemp(name, numbered=False) for name in ("engine", "citizen")}
    pytestconfig.stash[_CONSOLES] = [folder / "console.log" for folder in folders.values()]
    return folders


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine_asterisk(
    asterisk_root: None, both_ports: tuple[Ports, Ports], run_folders: dict[str, Path]
) -> AsyncIterator[EmbeddedAsterisk]:
    """The engine's Asterisk. Its trunk, and the duty officer's telephone, are the citizen's instance."""
    own, citizen = both_ports
    wire = f"127.0.0.1:{citizen.sip}"
    options = AsteriskOptions(ports=own, trunk_uri=f"sip:{wire}", staff={"staff-1": f"sip:staff-1@{wire}"})
    async with EmbeddedAsterisk(run_folders["engine"], options) as engine:
        yield engine


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def citizen_asterisk(
    asterisk_root: None, both_ports: tuple[Ports, Ports], run_folders: dict[str, Path]
) -> AsyncIterator[EmbeddedAsterisk]:
    """The simulated citizen's Asterisk; ``PJSIP/NUMBER@engine`` there calls the engine's."""
    engine, own = both_ports
    options = AsteriskOptions(role="citizen", ports=own, peer=f"127.0.0.1:{engine.sip}")
    async with EmbeddedAsterisk(run_folders["citizen"], options) as citizen:
        yield citizen
