#!/usr/bin/env bash
# Writes Tests/Golden/tls: an authority for tests only, and certificates of it for a server on the loopback and
# for a client called "edge-7". Keys of an authority that nothing trusts; valid for a hundred years.
set -euo pipefail
cd "$(dirname "$0")/../../Tests/Golden"
mkdir -p tls && cd tls
days=36500
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj "/CN=cleave test authority" \
  -keyout ca.key -out ca.pem 2> /dev/null
issue() {  # NAME SUBJECT EXTENSIONS
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout "$1.key" -out "$1.csr" 2> /dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days $days -out "$1.pem" \
    -extfile <(printf '%s\n' "$3") 2> /dev/null
  rm "$1.csr"
}
issue server "/CN=localhost" "subjectAltName=DNS:localhost,IP:127.0.0.1
extendedKeyUsage=serverAuth"
issue client "/CN=edge-7" "extendedKeyUsage=clientAuth"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj "/CN=a stranger" \
  -keyout stranger.key -out stranger.pem 2> /dev/null
rm -f ca.key ca.srl
