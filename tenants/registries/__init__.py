"""Public registers that say who somebody is: one module for each, asked outside any scope."""

from __future__ import annotations
