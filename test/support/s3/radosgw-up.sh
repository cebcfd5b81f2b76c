#!/usr/bin/env bash
# Starts a throw-away S3 server on loopback: a one-node Ceph (monitor, OSD in memory) with its S3 gateway. It enforces
# what S3 enforces: signatures, If-None-Match, the expiry of presigned URLs, POST policies.
#
#   radosgw-up.sh DIR PORT [PID]     DIR is emptied; PORT, PORT + 1 and PORT + 2 have to be free
#   radosgw-down.sh DIR              stops it and removes DIR; with PID this happens by itself when that process ends
#
# Two users: test / test-secret, and stranger / stranger-secret. Needs the Debian packages radosgw, ceph-mon, ceph-osd
# and ceph-common, and takes about 12 seconds.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: radosgw-up.sh DIR PORT [PID]}"
dir=$(cd "$1" && pwd) port=${2:?usage: radosgw-up.sh DIR PORT [PID]} owner=${3:-}
mon="[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]"
rm -rf "${dir:?}"/*
mkdir -p "$dir"/{mon,osd,run}
if [ -n "$owner" ]; then
  # A session of its own, as the signal that ends the owner may go to all of its group.
  setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec "$2" "$3"' \
    watch "$owner" "$here/radosgw-down.sh" "$dir" </dev/null >/dev/null 2>&1 &
fi
: >"$dir/keyring"
fsid=$(cat /proc/sys/kernel/random/uuid)
cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = $mon
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 2147483648
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
mon data avail warn = 2
mon data = $dir/mon
osd data = $dir/osd
run dir = $dir/run
keyring = $dir/keyring
admin socket =
pid file = $dir/run/\$name.pid
log file = $dir/run/\$name.log
CONF
conf=(-c "$dir/ceph.conf")
monmaptool --create --fsid "$fsid" --addv a "$mon" "$dir/monmap" --clobber >/dev/null
ceph-mon "${conf[@]}" --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring"
ceph-mon "${conf[@]}" -i a
osd=$(cat /proc/sys/kernel/random/uuid)
timeout 60 ceph "${conf[@]}" osd new "$osd" >/dev/null
ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$osd" >/dev/null 2>&1
ceph-osd "${conf[@]}" -i 0 >/dev/null 2>&1
# Without these two client options the gateway waits 300 s for an authentication it never gets.
radosgw "${conf[@]}" -n client.rgw --keyring "$dir/keyring" \
  --auth_client_required=none --ms_mon_client_mode=crc \
  --rgw-frontends "beast endpoint=127.0.0.1:$port" --rgw-dns-name localhost
for _ in $(seq 600); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
  sleep 0.1
done
for user in test stranger; do
  timeout 60 radosgw-admin "${conf[@]}" user create --uid "$user" --display-name "$user" \
    --access-key "$user" --secret-key "$user-secret" >/dev/null
done
