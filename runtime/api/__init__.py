"""The JSON API under /api/v1: what pages do, for programs, by the same code."""

from runtime.api.create import create

__all__ = ["create"]
