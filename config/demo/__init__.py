"""The demonstration: an invented joinery in Lorient, and four months of its life."""
