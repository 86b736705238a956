"""`/healthz`: what a proxy and an orchestrator ask."""

import pytest
from django.db import OperationalError, connection


@pytest.mark.django_db
def test_a_healthy_site_says_that_the_database_answers(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"database": "ok"})


@pytest.mark.django_db
def test_whoever_asks_and_by_whatever_name_gets_an_answer(client, settings):
    settings.ALLOWED_HOSTS = ["facture.example"]
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.django_db
def test_a_site_whose_database_is_away_is_not_healthy(client):
    def refuse(execute, sql, params, many, context):
        raise OperationalError

    with connection.execute_wrapper(refuse):
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (503, {"database": "unreachable"})


@pytest.mark.django_db
def test_health_sets_no_cookie(client):
    assert client.get("/healthz").cookies == {}
