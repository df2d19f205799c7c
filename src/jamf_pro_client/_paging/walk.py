"""What to ask for next on a walk over pages, and when it is over; nothing here sends anything.

Rules, from what is known of servers (https://developer.jamf.com/jamf-pro/docs): a page may be
shorter than what was asked for although more follow, because servers cut the page size without a
word; rows may come and go while the walk goes on; a page may be too large to be made in time.
"""

from __future__ import annotations

from typing import Any, Final

from jamf_pro_client._paging.rows import Page, SeenRows, same_rows
from jamf_pro_client.errors import (
    JamfProAPIError,
    JamfProError,
    RequestTimeoutError,
    TruncatedResultError,
)

__all__ = ("LARGEST_PAGE", "Ask", "Walk")

LARGEST_PAGE: Final = 2000
"""Servers cut larger pages to this many rows without a word."""

_GATEWAY_TIMEOUT: Final = 504
# What servers answer to a field that they cannot sort by.
_BAD_SORT: Final = (400, 500)
# A server that does not answer at all is not asked for ever smaller pages.
_HALVINGS_IN_A_ROW: Final = 5
# Some servers give their last page for every page after it.
_MOST_STALE_PAGES: Final = 2
# Nodes of a cluster may count differently for a while.
_MOST_STEPS_BACK: Final = 20


class Ask:
    """One page to ask for.

    Args:
        number: The page, counted from 0.
        size: Rows of a page.
        skip: How many rows of it were there before.
        leg: Which part of the walk it belongs to; a new one begins when the page size changes.
        sorts: Whether it is sorted by id because nobody asked for another order.
    """

    __slots__ = ("leg", "number", "size", "skip", "sorts")

    def __init__(self, number: int, size: int, skip: int, leg: int, *, sorts: bool) -> None:
        self.number: Final = number
        self.size: Final = size
        self.skip: Final = skip
        self.leg: Final = leg
        self.sorts: Final = sorts


class Walk:
    """A walk over the pages of one operation.

    `asks` says what to ask for; what comes of it is handed to `take` or `fail`, in the order of
    the asks. Asks of an earlier `leg` are void.

    Args:
        size: Rows to ask for in a page.
        sorts: Whether to sort by id until the server refuses it.
        is_paged: Whether there is more than one page at all.
        start_page: The first page, counted from 0.
        end_page: The last page; None walks to the end.
        allow_truncated: Whether missing rows are no error.
        name: The operation's name, for errors.
    """

    def __init__(
        self,
        *,
        size: int,
        sorts: bool,
        is_paged: bool,
        start_page: int,
        end_page: int | None,
        allow_truncated: bool,
        name: str,
    ) -> None:
        self.leg = 0
        self.total: int | None = None
        """How many rows the server counts, as it said last."""
        self.delivered = 0
        """How many rows were handed over."""
        self.is_over = end_page is not None and end_page < start_page
        # What is asked for, and how many rows apart the server's pages begin.
        self._size = self._step = size
        # Rows of the pages that `start_page` and `end_page` count.
        self._unit = size
        self._sorts = sorts
        self._is_paged = is_paged
        self._start_page, self._end_page = start_page, end_page
        self._allow_truncated = allow_truncated
        self._name = name
        self._seen = SeenRows()
        # How far it has gone back until a page is taken again.
        self._back = 0
        # How many rows of the next page may be known without ids.
        self._may_overlap = 0
        self._is_unsure = False
        self._first: list[Any] | None = None
        # The row up to which everything was seen, and the next page to ask for.
        self._row = start_page * size
        self._number, self._skip = start_page, 0
        self._stale_pages = 0
        self._may_run_ahead = False
        self._repeated = self._overlapping = self._grown = 0
        self._halvings = self._steps_back = 0

    def asks(self, under_way: int, limit: int) -> list[Ask]:
        """Return the pages to ask for now.

        Args:
            under_way: How many pages of this leg were asked for and not taken yet.
            limit: How many may be under way.
        """
        found: list[Ask] = []
        while under_way + len(found) < limit and self._may_ask(under_way + len(found)):
            found.append(Ask(self._number, self._size, self._skip, self.leg, sorts=self._sorts))
            self._number += 1
            self._skip = 0
        return found

    def take(self, ask: Ask, page: Page) -> Page | None:
        """Return a page to hand over, with its new rows; None if there are none.

        Args:
            ask: What was asked for; the oldest one.
            page: What came.
        """
        self._halvings = 0
        is_first = self._first is None
        if not self._is_paged:
            return self._take_all(page)
        back = self._count(page) or self._further_back(ask, page)
        if back:
            self._step_back(back)
            return None
        self._back = 0
        if is_first:
            self._first = page.rows if self.total is None else []
        if not page.rows or self._is_repetition(page, is_first):
            self.is_over = True
            # An empty list is worth a page: its envelope may say more.
            return page if is_first else None
        if is_first:
            self._learn_step(ask, page)
        rows = self._new_rows(ask, page)
        self._row += len(page.rows) - ask.skip
        self._stale_pages = 0 if rows else self._stale_pages + 1
        self.is_over = self._has_reached_the_end(ask)
        self._may_run_ahead = True
        self.delivered += len(rows)
        page.keep(rows)
        return page if rows else None

    def fail(self, ask: Ask, error: JamfProError) -> bool:
        """Return whether the walk goes on after a page could not be had.

        Args:
            ask: What was asked for; the oldest one.
            error: Why it could not be had.
        """
        if not self._is_paged:
            return False
        refused = isinstance(error, JamfProAPIError) and error.status_code in _BAD_SORT
        if refused and ask.sorts and self._first is None:
            self._sorts = False
            self._restart(self._row)
            return True
        # Servers that cut pages are asked for half of what they give.
        half = min(ask.size, self._step) // 2
        if half < 1 or not _took_too_long(error) or self._halvings >= _HALVINGS_IN_A_ROW:
            return False
        self._halvings += 1
        self._step = half
        self._restart(self._row)
        return True

    def finish(self) -> None:
        """Look back on a walk that is over.

        Raises:
            TruncatedResultError: The server counts more rows than it handed out.
        """
        if self.total is None or self._allow_truncated:
            return
        if self._is_unsure:
            raise TruncatedResultError(
                f"{self._name}: rows vanished during the walk, and others may have been missed "
                "because of that; allow_truncated=True takes what there is"
            )
        # Rows that came in before the place of the walk push others onto the next page again.
        repeated = max(0, self._repeated - self._overlapping)
        expected = self._expected(self.total)
        missing = expected - min(repeated, self._grown) - self.delivered
        if missing > 0:
            place = " on these pages" if self._is_a_part else ""
            hint = f", and {repeated} of them came twice" if repeated else ""
            raise TruncatedResultError(
                f"{self._name}: the server counts {expected} rows{place} but returned "
                f"{self.delivered}{hint}; allow_truncated=True takes what there is"
            )

    def _expected(self, total: int) -> int:
        """Return how many of all rows are on the pages of this walk."""
        end = total if self._end_page is None else min(total, self._end_row)
        return max(0, end - self._start_page * self._unit)

    @property
    def _is_a_part(self) -> bool:
        return self._start_page > 0 or self._end_page is not None

    def _may_ask(self, under_way: int) -> bool:
        if self.is_over or (self._end_page is not None and self._next_row >= self._end_row):
            return False
        if under_way == 0:
            return True
        # Before the first page of a leg is there, nobody knows how many follow. Beyond the end
        # that was counted there may be more; it is not run ahead to, but walked to.
        if not self._may_run_ahead or self.total is None:
            return False
        return self._next_row < self.total

    @property
    def _next_row(self) -> int:
        return self._number * self._step + self._skip

    @property
    def _end_row(self) -> int:
        assert self._end_page is not None  # noqa: S101  # asked only if there is one
        return (self._end_page + 1) * self._unit

    def _take_all(self, page: Page) -> Page:
        self.is_over = True
        self.total = page.total
        self.delivered = len(page.rows)
        return page

    def _count(self, page: Page) -> int:
        """Note the server's count; return how many rows to go back because others have vanished."""
        before, now = self.total, page.total
        if now is None or now < len(page.rows):
            return 0
        self.total = now
        if before is None:
            return 0
        if now >= before:
            self._grown += now - before
            self._may_overlap += now - before
            return 0
        if self._is_a_part:
            return 0
        # One more than have vanished: it has to be known, see below.
        return self._allowed_back(before - now + 1)

    def _further_back(self, ask: Ask, page: Page) -> int:
        """Return how many rows more to go back, because the first one is not known.

        The count tells only how many more rows have vanished than have come in elsewhere.
        """
        if not self._back or not self._row:
            return 0
        first = page.rows[ask.skip : ask.skip + 1]
        return 0 if first and self._seen.knows(first[0]) else self._allowed_back(self._back)

    def _allowed_back(self, rows: int) -> int:
        rows = min(rows, self._row)
        if self._steps_back < _MOST_STEPS_BACK and self._seen.can_tell(self._back + rows):
            return rows
        self._is_unsure = True
        return 0

    def _step_back(self, rows: int) -> None:
        """Go back: where others have vanished, rows have moved up."""
        self._steps_back += 1
        self._back += rows
        self._overlapping += rows
        self._may_overlap = self._back
        self._restart(self._row - rows)

    def _restart(self, row: int) -> None:
        self.leg += 1
        self._row = row
        # Asked for what the server gives: then its pages surely begin where they are reckoned to.
        self._size = self._step
        self._number, self._skip = divmod(row, self._step)
        self._may_run_ahead = False

    def _is_repetition(self, page: Page, is_first: bool) -> bool:
        """Whether the server takes no notice of page numbers: then the first page was all."""
        if is_first or self.total is not None or not self._first:
            return False
        if not same_rows(page.rows, self._first):
            # Kept for one comparison only.
            self._first = []
            return False
        is_table = isinstance(page.value, str) and len(page.rows) == self._size
        # Tables of few columns can have equal pages.
        if is_table and not self._allow_truncated:
            raise TruncatedResultError(
                f"{self._name}: two pages are equal, so it is not clear whether the server "
                "counts pages; ask for a column that tells the rows apart"
            )
        return True

    def _new_rows(self, ask: Ask, page: Page) -> list[Any]:
        rows = page.rows
        if self._end_page is not None:
            rows = rows[: max(0, self._end_row - ask.number * self._step)]
        if ask.skip:
            rows = rows[ask.skip :]
        fresh = self._seen.fresh(rows, self._may_overlap, is_table=isinstance(page.value, str))
        self._may_overlap = 0
        self._repeated += len(rows) - len(fresh)
        return fresh

    def _learn_step(self, ask: Ask, page: Page) -> None:
        """Take a short first page for what the server makes of the page size."""
        count, start = len(page.rows), ask.number * self._step
        if self.total is None or count >= self._step:
            return
        # Rows follow, or there are rows where none should be.
        if start + count < self.total or start >= self.total:
            self._step = count
            self._row = ask.number * count + ask.skip
            if self.leg == 0:
                self._unit = count

    def _has_reached_the_end(self, ask: Ask) -> bool:
        if self._end_page is not None and (ask.number + 1) * self._step >= self._end_row:
            return True
        if self.total is None:
            # One page of known rows may be due to rows that came in before it.
            return self._stale_pages == _MOST_STALE_PAGES
        if self._row < self.total:
            return False
        # A server with more rows than it counts is asked until it has no new ones.
        return self._row == self.total or not self._seen.found_new_ids


def _took_too_long(error: JamfProError) -> bool:
    if isinstance(error, RequestTimeoutError):
        # Not the time to connect, nor to wait for a connection.
        return error.sent
    return isinstance(error, JamfProAPIError) and error.status_code == _GATEWAY_TIMEOUT
