# Sourced by the commands beside it: finds Python, fills .venv, names what is missing.
# Not a command. Sets PYTHON, VAR_DIR and CALLED_FROM, and goes to the root of the checkout.

CALLED_FROM=$PWD
case ${VAR_DIR:-} in '' | /*) ;; *) VAR_DIR=$PWD/$VAR_DIR ;; esac
cd "$(dirname "$0")/.."
PYTHON=$PWD/.venv/bin/python
export VAR_DIR="${VAR_DIR:-$PWD/var}"
# One checkout, one environment: what the caller has active must not leak in.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" = 0 ]; }
in_ci() { case ${CI:-} in 1 | true | True | yes) return 0 ;; *) return 1 ;; esac; }

# Something is missing and cannot be installed here: CI stops, others go on without it.
left_out() {
    if in_ci; then fail "$*"; else printf '%s\n' "$*" >&2; fi
}

with_apt() { is_root && command -v apt-get >/dev/null; }
apt_install() {
    say "Installing $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"; } >/dev/null 2>&1
}

suits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
        >/dev/null 2>&1
}

find_python() {
    for candidate in python3.12 python3.13 python3.11 python3; do
        if suits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    if "$PYTHON" -c 'import pip' >/dev/null 2>&1; then return; fi
    base=$(find_python) || {
        if with_apt; then apt_install python3 python3-venv || true; fi
        base=$(find_python)
    } || fail "Échéance needs Python 3.11, 3.12 or 3.13 with its venv module: install the packages python3 and python3-venv."
    say "Making .venv with $("$base" --version)"
    rm -rf .venv
    "$base" -m venv .venv
}

# pip_install NAME FILE...: nothing to do when the files are those of the last time.
pip_install() {
    stamp=.venv/$1.stamp
    shift
    wanted=$(cat "$@" | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
    say "Installing Python packages from $*"
    set -- $(printf -- '-r %s ' "$@")
    # Every package is pinned by its hash and the list is complete: nothing to resolve.
    run_pip "$@" || { say "Trying once more"; sleep 3; run_pip "$@"; } ||
        fail "The Python packages could not be installed: see the message above."
    printf '%s' "$wanted" >"$stamp"
}

run_pip() {
    "$PYTHON" -m pip --disable-pip-version-check install --quiet --no-deps --no-compile --require-hashes \
        --only-binary :all: --no-warn-script-location "$@"
}

# The libraries that WeasyPrint loads, tried as it does.
has_pango() {
    "$PYTHON" -c '
from ctypes import CDLL
for name in ("pango-1.0.so.0", "pangoft2-1.0.so.0", "harfbuzz-subset.so.0"):
    CDLL("lib" + name)' 2>/dev/null
}

install_pango() {
    if has_pango; then return; fi
    packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    if with_apt && apt_install $packages && has_pango; then return; fi
    left_out "PDFs cannot be made here: install the packages $packages."
}

has_jars() { [ -e /usr/share/java/jaxb-runtime.jar ]; }
has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

# tool TEST PACKAGES WHAT: install system packages for a group of tests, or say what is left out.
tool() {
    if $1; then return; fi
    if with_apt && apt_install $2 && $1; then return; fi
    left_out "Left out: $3; install the packages $2."
}
has_poppler() { command -v pdftotext >/dev/null; }
has_java() { command -v java >/dev/null && has_jars; }

install_tools() {
    tool has_chromium chromium "the tests in a browser"
    tool has_poppler poppler-utils "the tests that read PDFs as a person does"
    tool has_java "default-jre-headless libjaxb-java libjaxb-api-java libistack-commons-java libtxw2-java libfastinfoset-java libstax-ex-java libactivation-java" \
        "the tests of PDF/A and PDF/UA with veraPDF"
}

# prepare run | prepare test: fill the environment; two at once wait for each other.
prepare() {
    if command -v flock >/dev/null; then
        exec 9<requirements
        flock 9
    fi
    make_venv
    pip_install run requirements/run.txt
    if [ "$1" = test ]; then pip_install test requirements/run.txt requirements/test.txt; fi
    exec 9<&-
    install_pango
    if [ "$1" = test ]; then install_tools; fi
}

# Secrets of this installation: made once, kept in VAR_DIR, readable by nobody else.
use_key() {
    eval "value=\${$1:-}"
    if [ -n "$value" ] || grep -qs "^\(export \)\{0,1\}$1=" .env; then return; fi
    if [ ! -s "$VAR_DIR/$2" ]; then
        mkdir -p "$VAR_DIR"
        (
            umask 077
            "$PYTHON" -c "$3" >"$VAR_DIR/$2.$$"
            # Of two first starts one key wins, and both use it.
            mv -n "$VAR_DIR/$2.$$" "$VAR_DIR/$2"
            rm -f "$VAR_DIR/$2.$$"
        )
    fi
    export "$1=$(cat "$VAR_DIR/$2")"
}

use_keys() {
    use_key SECRET_KEY secret-key 'import secrets; print(secrets.token_urlsafe(48))'
    for name in link field; do
        use_key "$(echo $name | tr a-z A-Z)_KEY" "$name-key" \
            'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'
    done
}
