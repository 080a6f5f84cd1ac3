#!/usr/bin/env bash
# Finds llama.cpp's llama-server, and prints the path of the program.
#   scripts/llama-server.sh FOLDER
# One on the PATH is taken. Otherwise Debian's package of the next release is unpacked into FOLDER; FOLDER/llama-server
# runs it. Needs apt-get and dpkg.
set -euo pipefail
folder=$1

works() {
  "$1" --version >/dev/null 2>&1
}

for candidate in "$(command -v llama-server || true)" "$folder/llama-server"; do
  if [ -n "$candidate" ] && [ -x "$candidate" ] && works "$candidate"; then
    echo "$candidate"
    exit
  fi
done

"$(dirname "$0")/debian-package.sh" forky llama.cpp-tools "$folder"
cat >"$folder/llama-server" <<'RUN'
#!/bin/sh
# Runs this folder's llama-server with this folder's C library, where it looks for the variants for each processor.
here=$(cd "$(dirname "$0")" && pwd)
libraries=$here/usr/lib/$(uname -m)-linux-gnu
[ -d "$libraries/ggml/backends0" ] && cd "$libraries/ggml/backends0"
exec "$libraries"/ld-linux-*.so.? --argv0 llama-server --library-path "$libraries:$libraries/ggml:$libraries/llama" \
  "$here/usr/bin/llama-server" "$@"
RUN
chmod +x "$folder/llama-server"
works "$folder/llama-server" || { echo "Debian's llama-server does not run here" >&2; exit 1; }
echo "$folder/llama-server"
