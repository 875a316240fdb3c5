#!/usr/bin/env bash
# Installs the system packages that are missing, and does nothing where none is.
#
#   scripts/setup.sh build   what `swift build` and `make demo` need
#   scripts/setup.sh test    and what the tests need besides: curl and Java only where the real registries are
#
# Needs the Swift toolchain on PATH; all else comes from Debian through apt, with sudo where we are not root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
purpose=${1:-build}

stop() { echo "setup: $*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

swift=$(command -v swift) ||
    stop "there is no swift on PATH. Install Swift 6.2 or later (https://www.swift.org/install/linux/)" \
        "and put its usr/bin on PATH."
toolchain=$(dirname "$(readlink -f "$swift")")

# --- what is missing, as names of Debian packages -----------------------------------------------------------------

# The libraries that the toolchain itself is linked to.
package_of_library() {
    case $1 in
        libcurl.so.4) echo libcurl4 ;;
        libncurses.so.6) echo libncurses6 ;;
        libtinfo.so.6) echo libtinfo6 ;;
        libsqlite3.so.0) echo libsqlite3-0 ;;
        libxml2.so.2) echo libxml2 ;;
        libedit.so.2) echo libedit2 ;;
        libstdc++.so.6) echo libstdc++6 ;;
        libgcc_s.so.1) echo libgcc-s1 ;;
        libz.so.1) echo zlib1g ;;
        *) echo "(the package that holds $1)" ;;
    esac
}

missing_of_toolchain() {
    local tool library
    for tool in swift-frontend swift-build swift-format clang lld; do
        [ -x "$toolchain/$tool" ] && ldd "$toolchain/$tool" 2>/dev/null
    done | sed -n 's/^\s*\(\S*\) => not found$/\1/p' | sort -u | while read -r library; do
        package_of_library "$library"
    done
    # The toolchain brings no linker of its own choice, no C headers, no start-up code.
    have ld.gold || echo binutils-gold
    ls /usr/lib/gcc*/*/*/libstdc++.a /usr/lib*/*/libc_nonshared.a >/dev/null 2>&1 || echo libstdc++-dev
}

missing_of_build() {
    local module
    have pkg-config || echo pkg-config
    for module in libsystemd:libsystemd-dev libcurl:libcurl4-openssl-dev libmicrohttpd:libmicrohttpd-dev \
        yaml-0.1:libyaml-dev; do
        have pkg-config && pkg-config --exists "${module%%:*}" || echo "${module#*:}"
    done
    # The demo reads a clock in milliseconds, which perl-base lacks.
    perl -MTime::HiRes -MIO::Socket::INET -e 1 2>/dev/null || echo perl
}

missing_of_test() {
    have setpriv || echo util-linux
    have ip || [ -x /usr/sbin/ip ] || echo iproute2
    [ -d "${BEATD_SHARED:-../shared}" ] || return 0
    have curl || echo curl
    have "${JAVA:-java}" || echo openjdk-17-jre-headless
}

missing() {
    missing_of_toolchain
    missing_of_build
    [ "$purpose" != test ] || missing_of_test
}

packages=$(missing | sort -u | tr '\n' ' ')
[ -n "${packages// /}" ] || exit 0

# --- install ------------------------------------------------------------------------------------------------------

have apt-get || stop "missing: ${packages% } (Debian's names). There is no apt-get here;" \
    "please install what your distribution calls these."

as_root() { "$@"; }
if [ "$(id -u)" -ne 0 ]; then
    have sudo || stop "missing: ${packages% }. We are not root and there is no sudo; please have them installed."
    if ! sudo -n true 2>/dev/null && ! [ -t 0 ]; then
        stop "missing: ${packages% }. sudo asks for a password and there is no terminal; please have them installed."
    fi
    as_root() { sudo "$@"; }
fi
apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=5 -o DPkg::Lock::Timeout=300 "$@" >&2
}

echo "setup: installing ${packages% }" >&2
apt update || echo "setup: the package lists could not be renewed; trying with those at hand" >&2
# Two names differ between releases: Debian 12 has gold in binutils, and gcc's version is part of its library's name.
if ! apt-cache show binutils-gold >/dev/null 2>&1; then
    packages=${packages/binutils-gold/binutils}
fi
newest=$(apt-cache pkgnames libstdc++- | grep -E '^libstdc\+\+-[0-9]+-dev$' | sort -V | tail -n 1)
packages=${packages/libstdc++-dev/${newest:-libstdc++-dev}}
# shellcheck disable=SC2086  # a list of names
apt install -y --no-install-recommends $packages

left=$(missing | sort -u | tr '\n' ' ')
[ -z "${left// /}" ] || stop "still missing after the installation: ${left% }"
swift --version >/dev/null 2>&1 || stop "$swift does not run: $(swift --version 2>&1 | head -n 1)"
