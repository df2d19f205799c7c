"""Guesses what somebody meant by a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ("bare", "did_you_mean")


def did_you_mean(known: Iterable[str], *names: str) -> str:
    """Return the end of a sentence that tells what is near to some names; "" if nothing is.

    Capitals and underscores do not count: `serialNumber` is near to `serial_number`.

    Args:
        known: What there is.
        *names: What was given.
    """
    import difflib  # with the first mistake

    by_key = {bare(one): one for one in known}
    near = [difflib.get_close_matches(bare(name), by_key, n=1) for name in names]
    told = " and ".join(repr(by_key[found[0]]) for found in near if found)
    return f"; did you mean {told}?" if told else ""


def bare(name: str) -> str:
    """Return a name without what spellings of it differ in: capitals, underscores, hyphens."""
    return name.replace("_", "").replace("-", "").lower()
