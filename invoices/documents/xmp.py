"""The metadata that makes one file PDF/A-3a and PDF/UA-1 at once, and room for more.

WeasyPrint writes PDF/A-3a; PDF/UA-1 is claimed by one more XMP property, which PDF/A wants
described by an extension schema. Factur-X brings a second such block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pydyf

RDF_END = b"</rdf:RDF>"


@dataclass(frozen=True, slots=True)
class XmpProperty:
    """A property, its value and the description PDF/A asks for."""

    name: str
    value: str
    kind: str
    category: str
    description: str


@dataclass(frozen=True, slots=True)
class XmpSchema:
    """A namespace outside the XMP specification, with the properties a file sets in it."""

    title: str
    namespace: str
    prefix: str
    properties: tuple[XmpProperty, ...]


PDF_UA = XmpSchema(
    title="PDF/UA Universal Accessibility Schema",
    namespace="http://www.aiim.org/pdfua/ns/id/",
    prefix="pdfuaid",
    properties=(
        XmpProperty(
            name="part",
            value="1",
            kind="Integer",
            category="internal",
            description="Indicates which part of ISO 14289 the document conforms to",
        ),
    ),
)


def finisher(schemas: Sequence[XmpSchema]) -> Callable[[Any, pydyf.PDF], None]:
    """Return what WeasyPrint calls before writing the file.

    It puts the schemas into the one `rdf:RDF` of the metadata (a second one is legal for
    veraPDF but unreadable for others), names each associated file once, and has every object
    put into bytes once: pydyf does it for the file and again for the file's identifier.
    """
    block = _rdf(schemas).encode()

    def finish(_document: Any, pdf: pydyf.PDF) -> None:
        stream = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
        packet = b"".join(
            part if isinstance(part, bytes) else part.encode() for part in stream.stream
        )
        stream.stream = [packet.replace(RDF_END, block + RDF_END, 1)]
        if "AF" in pdf.catalog:
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
        pdf.objects = [_Written(item) if item.free == "n" else item for item in pdf.objects]

    return finish


class _Written(pydyf.Object):  # type: ignore[misc]  # pydyf is untyped
    """An object that nothing will change any more, as the bytes that go into the file."""

    data = b""
    compressible = False

    def __init__(self, item: pydyf.Object) -> None:
        super().__init__()
        self.number = item.number
        self.compressible = item.compressible
        self.data = item.data


def _rdf(schemas: Sequence[XmpSchema]) -> str:
    values = "".join(
        f'<rdf:Description xmlns:{schema.prefix}="{schema.namespace}" rdf:about="">'
        + "".join(
            f"<{schema.prefix}:{item.name}>{escape(item.value)}</{schema.prefix}:{item.name}>"
            for item in schema.properties
        )
        + "</rdf:Description>"
        for schema in schemas
    )
    return (
        f"{values}<rdf:Description"
        ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">'
        f"<pdfaExtension:schemas><rdf:Bag>{''.join(map(_described, schemas))}</rdf:Bag>"
        "</pdfaExtension:schemas></rdf:Description>"
    )


def _described(schema: XmpSchema) -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{item.name}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{item.kind}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{item.category}</pdfaProperty:category>"
        f"<pdfaProperty:description>{escape(item.description)}</pdfaProperty:description>"
        "</rdf:li>"
        for item in schema.properties
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaSchema:schema>{escape(schema.title)}</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{schema.namespace}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:prefix>{schema.prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
