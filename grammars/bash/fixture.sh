#!/usr/bin/env bash
source ./helpers.sh
. lib/colours.sh

LIMIT=10
readonly NAME="shapes"

# Adds up its arguments.
total() {
  local sum=0
  for n in "$@"; do
    sum=$((sum + n))
  done
  while [ "$sum" -gt "$LIMIT" ]; do
    sum=$((sum - 1))
  done
  if [[ -z $sum ]]; then
    echo "nothing in $(pwd)"
  elif [ "$sum" = 1 ]; then
    echo 'one'
  else
    printf '%s\n' "${sum}"
  fi
  case "$sum" in
    1)
      work
      ;;
  esac
  cat <<EOF
text $sum
EOF
}

function report {
  total 1 2
}
