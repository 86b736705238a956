"""Measurements of the budgets of the design: `python -m bench NAME [--size N]`."""
