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

echo "Unpacking Neovim of Debian $suite into $folder" >&2
rm -rf "$folder" "$folder.partial"
mkdir -p "$folder.partial/apt/lists/partial" "$folder.partial/apt/cache/archives/partial"
folder_while_unpacking=$(cd "$folder.partial" && pwd)
state=$folder_while_unpacking/apt
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 2>/dev/null | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $suite main" \
  >"$state/sources.list"
: >"$state/status" # as if nothing were installed, so that the C library comes along
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::lists=$state/lists" -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache"
  -o Acquire::Languages=none -o APT::Install-Recommends=false -o APT::Sandbox::User=root)
"${apt[@]}" update >&2
"${apt[@]}" install --download-only -y neovim >&2
for package in "$state"/cache/archives/*.deb; do dpkg -x "$package" "$folder_while_unpacking"; done
rm -rf "$state"
cat >"$folder_while_unpacking/nvim" <<'RUN'
#!/bin/sh
# Runs this folder's Neovim with this folder's C library.
here=$(cd "$(dirname "$0")" && pwd)
libraries=$here/usr/lib/$(uname -m)-linux-gnu
export VIMRUNTIME="$here/usr/share/nvim/runtime"
exec "$libraries"/ld-linux-*.so.? --argv0 nvim --library-path "$libraries" "$here/usr/bin/nvim" "$@"
RUN
chmod +x "$folder_while_unpacking/nvim"
mv "$folder.partial" "$folder"
new_enough "$folder/nvim" || { echo "Debian $suite's Neovim is older than 0.12" >&2; exit 1; }
echo "$folder/nvim"
