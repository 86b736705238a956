"""Payment gateways: the only place that talks to payment companies; never touches models."""
