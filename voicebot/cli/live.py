"""Both sides of a call, printed as it happens."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from voicebot.ports import TimelineSink
from voicebot.timeline.record import Record, Track


def print_record(console: Console, record: Record, label: str = "") -> None:
    """Print one entry of a timeline if a reader wants to know it.

    Args:
        console: Where to.
        record: The entry.
        label: Which of several calls it belongs to.
    """
    at = f"[bold]{escape(label):8}[/][dim]{record.at_s:6.2f}[/]" if label else f"[dim]{record.at_s:6.2f}[/]"
    match record.event:
        case "prompt":
            console.print(f"{at}  [cyan]bot[/]      {escape(record.text('text'))}", soft_wrap=True)
        case "turn":
            console.print(f"{at}  [green]citizen[/]  {escape(record.text('text'))}", soft_wrap=True)
        case "key":
            console.print(f"{at}  [green]citizen[/]  key {escape(record.text('key'))}", soft_wrap=True)
        case "barge_in" | "retract" | "transfer":
            console.print(f"{at}  [yellow]{record.event.replace('_', '-')}[/]", soft_wrap=True)
        case "work" if record.details.get("succeeded"):
            console.print(f"{at}  [magenta]work[/]     {escape(record.text('name'))}", soft_wrap=True)
        case "report":
            for line in record.text("text").splitlines():
                console.print(f"{at}  [magenta]report[/]   {escape(line)}", soft_wrap=True)
        case _:
            pass


class PrintedTimeline:
    """Prints what is recorded, and passes it on (``ports.TimelineSink``).

    Args:
        console: Where to.
        sink: The timeline itself.
        started_at: Monotonic seconds of the call's start.
    """

    def __init__(self, console: Console, sink: TimelineSink, started_at: float) -> None:
        self._console = console
        self._sink = sink
        self._started_at = started_at

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """Add one entry."""
        self._sink.record(track, event, at, **details)
        print_record(
            self._console,
            Record(at_s=at - self._started_at, track=Track(track), event=event, details=details),
        )

    def close(self) -> None:
        """The call is over."""
        self._sink.close()
