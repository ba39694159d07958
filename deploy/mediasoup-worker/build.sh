#!/usr/bin/env bash
# Builds mediasoup-worker from the sources inside the npm package `mediasoup`, linked against the distribution's libraries, for
# machines where neither the prebuilt worker nor the sources of its libraries can be downloaded.
#   build.sh PACKAGE_FOLDER OUTPUT_FILE
# Debian packages needed: see deploy/setup/debian.mjs (WORKER_PACKAGES).
set -euo pipefail
package=$(realpath "$1")
output=$(realpath -m "$2")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r "$package/worker/." "$work"
cd "$work"

# Each dependency's wrap file names a versioned folder to download; point it at our stand-in, which finds the installed library.
for stand_in in "$here"/stand-ins/*/; do
  name=$(basename "$stand_in")
  sed -i -e "s/^directory = .*/directory = $name/" -e '/^patch_/d' "subprojects/$name.wrap"
  cp -r "$stand_in" "subprojects/$name"
done
sed -i '/^patch_/d' subprojects/*.wrap
# Debian 12 has meson 1.0, whose features are all that this build file needs.
sed -i "s/meson_version: '>= 1.1.0'/meson_version: '>= 1.0.0'/" meson.build
# A distribution's OpenSSL has kernel TLS compiled in and asks the BIO callback after every operation: it must hand back the
# result of every *_RETURN, not only of the bare BIO_CB_RETURN, or the worker dies in libssl at the first DTLS handshake.
sed -i 's/(operationType == BIO_CB_RETURN) ? static_cast<long>(ret) : 1/((operationType \& BIO_CB_RETURN) != 0) ? static_cast<long>(ret) : 1/' src/RTC/DtlsTransport.cpp
grep -q 'operationType & BIO_CB_RETURN' src/RTC/DtlsTransport.cpp || {
  echo "build.sh: src/RTC/DtlsTransport.cpp of this mediasoup has changed; check the BIO callback by hand" >&2
  exit 3
}

meson setup --buildtype release -Db_ndebug=true build
ninja -C build mediasoup-worker
install -D -m 755 build/mediasoup-worker "$output.part"
mv "$output.part" "$output"
