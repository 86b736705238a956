"""Pages of clients, messages and sending."""
