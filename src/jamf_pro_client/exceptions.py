"""The errors under the name that other clients for Jamf Pro give their module; see `errors`."""

from __future__ import annotations

from jamf_pro_client.errors import (
    AmbiguousWriteError,
    ApiErrorDetail,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    ForbiddenError,
    InvalidResponseError,
    JamfProAPIError,
    JamfProError,
    NotFoundError,
    OptimisticLockError,
    RateLimitedError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    TruncatedResultError,
    UnauthorizedError,
    UnexpectedStatus,
    ValidationError,
)
from jamf_pro_client.waiting import DeadlineExceededError

__all__ = (
    "AmbiguousWriteError",
    "ApiErrorDetail",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "DeadlineExceededError",
    "ForbiddenError",
    "InvalidResponseError",
    "JamfProAPIError",
    "JamfProError",
    "NotFoundError",
    "OptimisticLockError",
    "RateLimitedError",
    "RequestTimeoutError",
    "ServerError",
    "TransportError",
    "TruncatedResultError",
    "UnauthorizedError",
    "UnexpectedStatus",
    "ValidationError",
)
