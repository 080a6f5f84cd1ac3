#!/usr/bin/env bash
# Unpacks a package of another Debian release, with the libraries it needs, into a folder, without installing anything.
#   scripts/debian-package.sh SUITE PACKAGE FOLDER
# FOLDER is replaced. Its programs need its own C library: see scripts/neovim.sh. Needs apt-get and dpkg.
set -euo pipefail
suite=$1 package=$2 folder=$3

echo "Unpacking $package of Debian $suite into $folder" >&2
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
"${apt[@]}" install --download-only -y "$package" >&2
for archive in "$state"/cache/archives/*.deb; do dpkg -x "$archive" "$folder_while_unpacking"; done
rm -rf "$state"
mv "$folder.partial" "$folder"
