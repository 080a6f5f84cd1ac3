#!/usr/bin/env bash
# Finds a Neovim that has inline completion built in (0.12 or newer), and prints the path of the program.
#   scripts/neovim.sh FOLDER
# One on the PATH is taken if it is new enough. Otherwise Debian's package of the next release is unpacked into FOLDER,
# with the libraries it needs, without installing anything; FOLDER/nvim runs it. Needs apt-get and dpkg.
set -euo pipefail
folder=$1
suite=forky

new_enough() {
  "$1" --version 2>/dev/null | awk 'NR == 1 { sub(/^NVIM v/, ""); split($0, n, "."); exit !(n[1] > 0 || n[2] >= 12) }
    END { if (NR == 0) exit 1 }'
}

for candidate in "$(command -v nvim || true)" "$folder/nvim"; do
  if [ -n "$candidate" ] && [ -x "$candidate" ] && new_enough "$candidate"; then
    echo "$candidate"
    exit
  fi
done

"$(dirname "$0")/debian-package.sh" "$suite" neovim "$folder"
cat >"$folder/nvim" <<'RUN'
#!/bin/sh
# Runs this folder's Neovim with this folder's C library.
here=$(cd "$(dirname "$0")" && pwd)
libraries=$here/usr/lib/$(uname -m)-linux-gnu
export VIMRUNTIME="$here/usr/share/nvim/runtime"
exec "$libraries"/ld-linux-*.so.? --argv0 nvim --library-path "$libraries" "$here/usr/bin/nvim" "$@"
RUN
chmod +x "$folder/nvim"
new_enough "$folder/nvim" || { echo "Debian $suite's Neovim is older than 0.12" >&2; exit 1; }
echo "$folder/nvim"
