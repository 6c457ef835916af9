#!/bin/sh
# Makes certificates for the nodes of a cluster, signed by a private authority:
#
#   docker/certificates.sh FOLDER NODE=NAME[,NAME...] ...
#
# FOLDER/NODE gets tls.crt, tls.key and ca.crt, as in a TLS secret of cert-manager. A NAME is a host name, *. and a domain, or IP:ADDRESS. The authority is FOLDER/authority and is
# kept: a later call signs more nodes with it. Keep its key away from the nodes. Needs openssl 1.1.1 or later.
set -eu
umask 077
[ $# -ge 2 ] || { echo "usage: $0 FOLDER NODE=NAME[,NAME...] ..." >&2; exit 2; }
folder=$1
shift
authority=$folder/authority
mkdir -p "$authority"
if [ ! -f "$authority/ca.key" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -sha256 \
        -keyout "$authority/ca.key" -out "$authority/ca.crt" -subj "/CN=HnmStreams cluster" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" 2> /dev/null
fi
for node in "$@"; do
    name=${node%%=*}
    names=
    for host in $(echo "${node#*=}" | tr ',' ' ' | sed 's/\*/%/g'); do
        host=$(echo "$host" | sed 's/%/*/g')
        case $host in
            IP:*) names="$names,$host" ;;
            *) names="$names,DNS:$host" ;;
        esac
    done
    target=$folder/$name
    mkdir -p "$target"
    printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' "${names#,}" > "$target/extensions"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -keyout "$target/tls.key" -out "$target/request" -subj "/CN=$name" 2> /dev/null
    openssl x509 -req -in "$target/request" -CA "$authority/ca.crt" -CAkey "$authority/ca.key" -CAcreateserial -days 365 -sha256 -extfile "$target/extensions" -out "$target/tls.crt" 2> /dev/null
    cp "$authority/ca.crt" "$target/ca.crt"
    rm "$target/request" "$target/extensions"
done
