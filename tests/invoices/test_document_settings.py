"""Settings of documents: habits, the logo, the first number."""

import io
import random
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from invoices.documents.accent import UnreadableLogo, normalise_logo
from invoices.models import Series
from tenants.files import read_file
from tenants.models import Business, StoredFile
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.invoices import make_issued

URL = "/t/acme/settings/documents/"
MB = 1024 * 1024
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def scope(acme):
    def run(act, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return act(*args, **kwargs)

    return run


def picture(kind="PNG", size=(40, 20), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, "green").save(out, kind)
    return out.getvalue()


def upload(page, content, name="logo.png"):
    data = {"which": "habits", "terms": "NET_45", "operation": "GOODS"}
    return page.post(URL, {**data, "logo": SimpleUploadedFile(name, content)})


def test_habits_are_kept(page, scope):
    response = page.post(URL, {"which": "habits", "terms": "NET_45", "operation": "GOODS"})

    assert response.status_code == 302
    row = scope(Business.objects.get)
    assert (row.default_terms, row.default_operation, row.logo_id) == ("NET_45", "GOODS", None)


@pytest.mark.parametrize(
    ("field", "value"), [("terms", "NET_90"), ("terms", "FIXED"), ("operation", "WAR")]
)
def test_habits_that_cannot_be_are_refused(page, scope, field, value):
    habits = {"which": "habits", "terms": "NET_45", "operation": "GOODS", field: value}

    response = page.post(URL, habits)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert scope(Business.objects.get).default_terms == "NET_30"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_kept_as_a_png_and_shown_to_its_business(page, scope, kind):
    assert upload(page, picture(kind)).status_code == 302

    shown = page.get(f"{URL}logo/")
    stored = scope(lambda: Business.objects.select_related("logo").get().logo)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(shown.content)).format == "PNG"
    assert shown.content == scope(read_file, stored)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "This file is not a PNG, JPEG or WebP image."),
        (SCRIPT, "This file is not a PNG, JPEG or WebP image."),
        (b"%PDF-1.7\n", "This file is not a PNG, JPEG or WebP image."),
        (picture("GIF", mode="P"), "This file is not a PNG, JPEG or WebP image."),
        (picture()[:60], "This file is not a PNG, JPEG or WebP image."),
        (picture(size=(9000, 5000), mode="1"), "This image is too large; 4,000 pixels wide is"),
        (b"x" * (5 * MB + 1), "A logo has 5 MB at most."),
    ],
    ids=["text", "script", "pdf", "gif", "cut", "pixels", "bytes"],
)
def test_a_logo_that_cannot_be_printed_is_refused_and_nothing_is_kept(
    page, scope, content, sentence
):
    response = upload(page, content)

    assert response.status_code == 422
    assert str(response.context["form"].errors["logo"][0]).startswith(sentence)
    row = scope(Business.objects.get)
    assert (row.logo_id, row.default_terms) == (None, "NET_30")
    assert scope(StoredFile.objects.count) == 0


def test_an_empty_file_is_refused(page, scope):
    response = upload(page, b"")

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["logo"])
    assert scope(StoredFile.objects.count) == 0


def test_a_drawing_with_a_script_that_calls_itself_a_png_is_not_served(page):
    upload(page, SCRIPT, name="logo.svg")

    assert page.get(f"{URL}logo/").status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_image_with_flipped_bytes_is_read_or_refused(kind):
    dice, content = random.Random(7), picture(kind, size=(200, 90))
    for _round in range(400):
        broken = bytearray(content)
        for _flip in range(4):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        with suppress(UnreadableLogo):
            assert normalise_logo(bytes(broken))[:4] == b"\x89PNG"


def test_a_huge_logo_is_refused_before_it_is_read(page):
    response = page.post(
        URL, b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(200 * MB)
    )

    assert response.status_code == 413


def test_what_was_issued_keeps_the_logo_it_was_issued_with(page, scope):
    upload(page, picture())
    issued = scope(make_issued)

    upload(page, picture(size=(50, 50)))

    scope(issued.refresh_from_db)
    later = scope(lambda: Business.objects.select_related("logo").get().logo)
    assert issued.seller["logo_sha256"] != later.sha256
    assert (
        scope(lambda: StoredFile.objects.filter(sha256=issued.seller["logo_sha256"]).count()) == 1
    )


def start(page, pattern="FA-{year}-{number:05d}", first="318"):
    data = {"which": "INVOICE", "invoice-pattern": pattern, "invoice-first_number": first}
    return page.post(URL, data)


def test_the_first_number_goes_on_from_the_old_book(page, scope):
    assert start(page).status_code == 302

    issued = scope(make_issued)
    assert issued.number == f"FA-{issued.issued_on.year}-00318"


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("FA-{year}", "1"),
        ("FA-{number}-{secret}", "1"),
        ("", "1"),
        ("{number}", "0"),
        ("{number}", "-5"),
        ("{number}", "x"),
        ("F{number:099d}", "1"),
    ],
)
def test_a_series_that_cannot_number_is_refused_and_nothing_is_kept(page, scope, pattern, first):
    response = start(page, pattern, first)

    assert response.status_code == 422
    assert scope(Series.objects.count) == 0


def test_a_series_that_has_begun_is_not_begun_again(page, scope):
    scope(make_issued)

    response = start(page)

    assert response.status_code == 422
    assert scope(Series.objects.get).pattern == "F-{year}-{number:04d}"


@pytest.mark.parametrize("who", ["member", "accountant"])
def test_documents_are_the_owners(request, client, scope, who):
    client.force_login(request.getfixturevalue(who))

    assert upload(client, picture()).status_code == 403
    assert scope(Business.objects.get).logo_id is None
