#!/bin/sh
# Builds the trial speech engine. Needs gcc, pkg-config and Debian's libpocketsphinx-dev, libsphinxbase-dev.
# usage: build.sh OUTPUT
set -eu
[ $# -eq 1 ] || { echo "usage: build.sh OUTPUT" >&2; exit 2; }
for tool in "${CC:-gcc}" pkg-config; do
  command -v "$tool" >/dev/null || { echo "trial engine: $tool is missing" >&2; exit 1; }
done
pkg-config --exists pocketsphinx sphinxbase || {
  echo "trial engine: install libpocketsphinx-dev and libsphinxbase-dev" >&2
  exit 1
}
here=$(cd "$(dirname "$0")" && pwd)
# Beside the target and then moved, so that a build that is interrupted leaves no half program.
partial="$1.$$"
trap 'rm -f "$partial"' EXIT
# shellcheck disable=SC2046
"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -o "$partial" "$here/trial-engine.c" $(pkg-config --cflags --libs pocketsphinx sphinxbase)
mv "$partial" "$1"
