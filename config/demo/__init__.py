"""The demonstration: three invented businesses, and an accountant who keeps the books of all."""
