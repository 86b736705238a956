from tests.fakes.smtp import smtp_sink  # noqa: F401 -- a fixture
