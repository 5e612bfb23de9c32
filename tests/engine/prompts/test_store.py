"""Prompts come from the cache or are spoken as they play; no private word leaves, no failure ends a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from voicebot.dialogue import asking
from voicebot.dialogue.actions import Say, Segment, SegmentKind
from voicebot.engine.media.prompt import PayloadSource
from voicebot.engine.media.wire_format import ALAW, SLIN16, WireFormat
from voicebot.engine.prompts.plan import DIGIT_WORDS
from voicebot.engine.prompts.store import RATES, PromptStore
from voicebot.errors import ConfigurationError, SynthesisError
from voicebot.ports import Speech


class Voice:
    """A synthesiser that sounds at a pitch of its own, 100 ms a character, and remembers its orders."""

    def __init__(self, name: str, *, local: bool = True) -> None:
        self.identity = name
        self.local = local
        self.spoken: list[tuple[str, float]] = []
        self.error: Exception | None = None
        self.errors: dict[str, Exception] = {}
        self.gate: asyncio.Event | None = None
        self.asked = asyncio.Event()

    async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
        self.spoken.append((text, rate))
        self.asked.set()
        error = self.errors.get(text) or self.error
        if error is not None:
            raise error
        if self.gate is not None:
            await self.gate.wait()
        times = np.arange(int(16_000 * 0.1 * len(text) / rate)) / 16_000
        samples = np.rint(9000 * np.sin(2 * np.pi * 400 * times)).astype(np.int16)
        return Speech(samples=samples, sample_rate_hz=16_000)

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.spoken]


Open = Callable[..., AbstractAsyncContextManager[PromptStore]]


@pytest.fixture
def open_store(tmp_path: Path) -> Open:
    @asynccontextmanager
    async def opened(
        synthesiser: Voice, fallback: Voice | None = None, wire_format: WireFormat = ALAW
    ) -> AsyncIterator[PromptStore]:
        async with PromptStore(
            synthesiser=synthesiser,
            fallback=fallback or Voice("fallback"),
            wire_format=wire_format,
            folder=tmp_path / "prompts",
        ) as store:
            yield store

    return opened


def say(*segments: str | tuple[str, SegmentKind], rate: float = 1.0) -> Say:
    made = [Segment(text=s) if isinstance(s, str) else Segment(text=s[0], kind=s[1]) for s in segments]
    return Say(prompt_id=7, segments=tuple(made), rate=rate)


def free(text: str) -> tuple[str, SegmentKind]:
    return text, SegmentKind.FREE


async def drain(audio: PayloadSource) -> list[bytes]:
    """Everything that is played, without the time it takes."""
    payloads: list[bytes] = []
    async with asyncio.timeout(5):
        while not audio.finished:
            payload = audio.next_payload()
            if payload is None:
                await asyncio.sleep(0)
            else:
                payloads.append(payload)
    return payloads


def files(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "prompts"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("wire_format", [ALAW, SLIN16])
async def test_a_prompt_is_payloads_of_20_ms(open_store: Open, wire_format: WireFormat) -> None:
    async with open_store(Voice("a"), wire_format=wire_format) as store:
        payloads = await drain(await store.prepare(say("네네네네네")))
    assert {len(payload) for payload in payloads} == {wire_format.frame_bytes}
    assert 500 <= len(payloads) * 20 <= 540


async def test_a_fixed_prompt_is_spoken_once_and_kept(open_store: Open, tmp_path: Path) -> None:
    voice = Voice("a")
    async with open_store(voice) as store:
        first = await drain(await store.prepare(say("안녕하세요.")))
        audio = await store.prepare(say("안녕하세요."))
        again = await drain(audio)
    assert voice.texts == ["안녕하세요."]
    assert first == again
    assert all(one is other for one, other in zip(first, again, strict=True))  # shared, not copied
    async with open_store(voice) as store:  # the engine was restarted
        assert await drain(await store.prepare(say("안녕하세요."))) == first
    assert voice.texts == ["안녕하세요."]


async def test_another_rate_or_voice_is_spoken_anew(open_store: Open) -> None:
    voice, other = Voice("a"), Voice("b")
    async with open_store(voice) as store:
        normal = await drain(await store.prepare(say("안녕하세요.")))
        slower = await drain(await store.prepare(say("안녕하세요.", rate=0.5)))
    assert len(slower) > 1.8 * len(normal)
    async with open_store(other) as store:
        await drain(await store.prepare(say("안녕하세요.")))
    assert other.texts == ["안녕하세요."]


async def test_a_broken_cache_file_is_spoken_anew(open_store: Open, tmp_path: Path) -> None:
    voice = Voice("a")
    async with open_store(voice) as store:
        whole = await drain(await store.prepare(say("안녕하세요.")))
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    async with open_store(voice) as store:
        assert await drain(await store.prepare(say("안녕하세요."))) == whole
    assert len(voice.spoken) == 2
    async with open_store(voice) as store:
        await drain(await store.prepare(say("안녕하세요.")))
    assert len(voice.spoken) == 2


async def test_a_disk_that_cannot_be_written_silences_nothing(open_store: Open, tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("a file where the folder should be")
    async with open_store(Voice("a")) as store:
        assert await drain(await store.prepare(say("안녕하세요.")))


async def test_playing_begins_before_the_slot_is_ready(open_store: Open, tmp_path: Path) -> None:
    voice = Voice("a")
    async with open_store(voice) as store:
        await store.render_all(["주소는", "맞으세요?"], rates=(1.0,))
        voice.gate = asyncio.Event()
        audio = await store.prepare(say("주소는", free("중앙로 십이"), "맞으세요?"))
        beginning = 0
        while audio.next_payload() is not None:
            beginning += 1
        assert 300 <= beginning * 20 <= 340
        assert (
            audio.next_payload() is None and not audio.finished
        )  # late: the line falls silent, not the call
        voice.gate.set()
        rest = await drain(audio)
    assert 1100 <= len(rest) * 20 <= 1200
    assert len(files(tmp_path)) == 2 + len(DIGIT_WORDS)  # what belongs to a citizen is not kept


async def test_free_text_never_reaches_a_synthesiser_that_sends_it_away(open_store: Open) -> None:
    remote, local = Voice("remote", local=False), Voice("local")
    async with open_store(remote, local) as store:
        await store.render_all(["성함이", "맞으세요?"])
        rendered = len(remote.spoken)
        prompt = say("성함이", free("홍길동"), "맞으세요?", ("010-1234", SegmentKind.DIGITS))
        await drain(await store.prepare(prompt))
    assert len(remote.spoken) == rendered
    assert local.texts == ["홍길동"]


async def test_what_was_not_rendered_is_spoken_locally(
    open_store: Open, caplog: pytest.LogCaptureFixture
) -> None:
    remote, local = Voice("remote", local=False), Voice("local")
    async with open_store(remote, local) as store:
        await drain(await store.prepare(say("안녕하세요.")))
        await drain(await store.prepare(say("안녕하세요.")))
    assert remote.spoken == []
    assert local.texts == ["안녕하세요."]
    assert caplog.messages == ["prompt was not rendered beforehand; the local voice speaks it"]


async def test_digits_are_joined_from_ten_clips(open_store: Open) -> None:
    voice = Voice("a")
    async with open_store(voice) as store:
        await drain(await store.prepare(say(("01012341234", SegmentKind.DIGITS))))
    assert sorted(voice.texts) == sorted(DIGIT_WORDS[digit] for digit in "01234")


@pytest.mark.parametrize(
    "error", [SynthesisError("no"), ValueError("odd text"), TimeoutError(), ConnectionResetError()]
)
async def test_a_slot_that_cannot_be_spoken_is_left_out(
    open_store: Open, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    voice = Voice("a")
    voice.errors["홍길동"] = error
    async with open_store(voice) as store:
        payloads = await drain(await store.prepare(say("성함이", free("홍길동"), "맞으세요?")))
    assert 700 <= len(payloads) * 20 <= 900
    assert [record.message for record in caplog.records] == ["part of a prompt is left out"]
    assert "홍길동" not in str(caplog.records[0].__dict__)


async def test_a_prompt_of_which_nothing_can_be_spoken_is_finished(open_store: Open) -> None:
    voice = Voice("a")
    voice.error = SynthesisError("no")
    async with open_store(voice) as store:
        audio = await store.prepare(say("성함이", free("홍길동")))
        assert await drain(audio) == []
        assert (await store.prepare(say())).finished


@pytest.mark.parametrize(
    "samples", [np.zeros((2, 100), np.int16), np.zeros(100, np.float32), np.zeros(100, np.int16)]
)
async def test_a_synthesiser_that_gives_no_audio_is_left_out(open_store: Open, samples: object) -> None:
    class Odd(Voice):
        async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
            return Speech(samples=samples, sample_rate_hz=8000)  # type: ignore[arg-type]

    async with open_store(Odd("odd")) as store:
        assert await drain(await store.prepare(say("안녕하세요."))) == []


async def test_a_fault_of_ours_in_one_clip_reaches_no_other_prompt(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(Voice("voice")) as store:

        def breaks(*arguments: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr("voicebot.engine.prompts.store.condition", breaks)
            broken = await store.prepare(say("안녕하세요."))
        assert broken.finished, "nothing of it could be spoken"
        whole = await store.prepare(say("네."))
        assert not whole.finished


async def test_a_call_that_ends_gives_up_its_prompt(open_store: Open) -> None:
    voice = Voice("a")
    voice.gate = asyncio.Event()
    async with asyncio.timeout(5), open_store(voice) as store:
        preparing = asyncio.ensure_future(store.prepare(say(free("무릎이 아프셨죠."))))
        await voice.asked.wait()
        preparing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await preparing
    assert voice.texts == ["무릎이 아프셨죠."]  # leaving did not wait for the gate


async def test_many_calls_play_the_same_prompt_at_once(open_store: Open) -> None:
    voice = Voice("a")
    async with open_store(voice) as store:
        await store.render_all(["안녕하세요."])
        audios = [await store.prepare(say("안녕하세요.")) for _ in range(50)]
        played = [await drain(audio) for audio in audios]
    assert all(payloads == played[0] for payloads in played)


async def test_rendering_reports_its_progress_and_what_was_there(open_store: Open) -> None:
    voice = Voice("a")
    seen: list[tuple[int, int]] = []
    async with open_store(voice) as store:
        report = await store.render_all(
            ["안녕하세요.", "안녕하세요.", " ", ".", "네."],
            rates=(1.0, 0.85),
            progress=lambda done, total: seen.append((done, total)),
        )
        assert (report.rendered, report.cached, report.failed) == (24, 0, {})
        assert seen[0] == (0, 24) and seen[-1] == (24, 24)
    async with open_store(voice) as store:
        report = await store.render_all(["안녕하세요.", "네."], rates=(1.0,))
        assert (report.rendered, report.cached) == (0, 12)


async def test_rendering_goes_on_after_one_failure_and_gives_up_after_three(open_store: Open) -> None:
    voice = Voice("a")
    voice.errors["나쁜 글"] = SynthesisError("cannot")
    async with open_store(voice) as store:
        report = await store.render_all(["나쁜 글", "네."], rates=(1.0,))
        assert report.failed == {"나쁜 글": "cannot"} and report.rendered == 11
    broken = Voice("b")
    broken.error = SynthesisError("no network")
    async with open_store(broken) as store:
        report = await store.render_all(["하나", "둘"], rates=(1.0,))
    assert len(broken.spoken) == 3
    assert len(report.failed) == 12 and report.failed["구"].startswith("not tried")


def test_prompts_are_rendered_at_every_rate_the_dialogue_speaks_at() -> None:
    rates = [1.0]
    while rates[-1] > asking._SLOWEST:
        rates.append(max(asking._SLOWEST, round(rates[-1] - asking._SLOWER_BY, 2)))
    assert tuple(rates) == RATES


def test_the_fallback_must_be_local(tmp_path: Path) -> None:
    remote = Voice("remote", local=False)
    with pytest.raises(ConfigurationError, match="'remote' sends text elsewhere"):
        PromptStore(synthesiser=remote, fallback=remote, wire_format=ALAW, folder=tmp_path)
