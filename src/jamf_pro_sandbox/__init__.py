"""A pretend Jamf Pro server on loopback, to try and test clients against.

```python
with Sandbox(computers=100) as sandbox:
    print(sandbox.url, sandbox.client_id)
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jamf_pro_sandbox.faults import FaultKind
    from jamf_pro_sandbox.recording import RecordedRequest
    from jamf_pro_sandbox.server import Sandbox

__all__ = ("FaultKind", "RecordedRequest", "Sandbox")


def __getattr__(name: str) -> Any:
    # Loaded when asked for: pytest imports this package in every run, for the plugin's sake.
    if name == "Sandbox":
        from jamf_pro_sandbox.server import Sandbox

        return Sandbox
    if name == "RecordedRequest":
        from jamf_pro_sandbox.recording import RecordedRequest

        return RecordedRequest
    if name == "FaultKind":
        from jamf_pro_sandbox.faults import FaultKind

        return FaultKind
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
