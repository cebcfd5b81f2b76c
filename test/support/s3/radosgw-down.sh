#!/usr/bin/env bash
# Stops the server that radosgw-up.sh started in DIR, by the process ids it wrote there, and removes DIR.
set -euo pipefail
dir=${1:?usage: radosgw-down.sh DIR}
[ -f "$dir/ceph.conf" ] || exit 0
for signal in TERM KILL; do
  alive=0
  for _ in $(seq 50); do
    alive=0
    for file in "$dir"/run/*.pid; do
      [ -f "$file" ] || continue
      pid=$(cat "$file")
      # A process id may have been given to another program since.
      if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$dir/ceph.conf"; then
        alive=1
        kill -s "$signal" "$pid" 2>/dev/null || true
      fi
    done
    [ "$alive" = 0 ] && break 2
    sleep 0.1
  done
done
rm -rf "$dir"
