"""Tells how far a walk has come: to a function, to a progress bar, or to nobody."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

__all__ = ("Progress", "Report", "make_report")

Progress = Callable[[int, int | None], object]
"""Called after each page with the rows so far and the server's count, None if it gives none."""


class Report:
    """Tells a function, if there is one.

    Args:
        listener: The function.
    """

    def __init__(self, listener: Progress | None = None) -> None:
        self._listener = listener

    def open(self) -> None:
        """Begin; a second call does nothing."""

    def tell(self, rows: int, total: int | None) -> None:
        """Tell how many rows were handed over, and how many the server counts."""
        if self._listener is not None:
            self._listener(rows, total)

    def close(self) -> None:
        """End; a second call does nothing."""

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _Bar(Report):
    """Draws a progress bar on the terminal.

    Args:
        title: What stands before the bar.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        try:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
        except ImportError:
            progress: RichProgress | None = None
        else:
            progress = Progress(
                "{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
            )
        # Outside of the handler, so that the import is not attached.
        if progress is None:
            raise ConfigurationError(
                "a progress bar needs rich: pip install 'jamf-pro-client[cli]', or give a function"
            )
        self._progress = progress
        self._title = title
        self._task: TaskID | None = None

    def open(self) -> None:
        if self._task is None:
            self._task = self._progress.add_task(self._title, total=None)
            self._progress.start()

    def tell(self, rows: int, total: int | None) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=rows, total=total)

    def close(self) -> None:
        self._progress.stop()


def make_report(progress: Progress | bool | None, title: str) -> Report:
    """Return what tells how far a walk has come.

    Args:
        progress: A function, True for a bar on the terminal, otherwise nobody is told.
        title: What stands before the bar.

    Raises:
        ConfigurationError: A bar is wanted and rich is not installed, or it cannot be called.
    """
    if progress is True:
        return _Bar(title)
    if progress and (not callable(progress) or inspect.iscoroutinefunction(progress)):
        raise ConfigurationError("progress must be True or a function that is not async")
    return Report(progress or None)
