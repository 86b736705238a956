"""English, as a business in France reads it."""
