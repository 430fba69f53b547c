#!/bin/sh
# as_devdax.sh DEVICE COMMAND...: runs COMMAND so that libpmem2 takes the character device DEVICE
# (such as /dev/zero) for a dax device.
#
# libpmem2 reads /sys/dev/char/MAJOR:MINOR/subsystem, so a mount namespace with another
# /sys/dev/char is enough: root's, or that of a user namespace if they are allowed. Exits with 77,
# which ctest reports as skipped, if neither is possible.
set -eu

if [ "${1:-}" = --inside ]; then
  shift
  numbers=$(printf '%d:%d' "0x$(stat -L -c %t "$1")" "0x$(stat -L -c %T "$1")")
  shift
  mount -t tmpfs -o size=64k tmpfs /sys/dev/char
  mkdir /sys/dev/char/dax "/sys/dev/char/$numbers"
  ln -s ../dax "/sys/dev/char/$numbers/subsystem"
  exec "$@"
fi

if [ $# -lt 2 ] || [ ! -c "$1" ]; then
  echo "usage: $0 DEVICE COMMAND..." >&2
  exit 2
fi
for how in -m -rm; do
  if unshare $how mount -t tmpfs tmpfs /sys/dev/char 2>/dev/null; then
    exec unshare $how sh "$(realpath "$0")" --inside "$@"
  fi
done
echo "$0: may not make a mount namespace, skipped" >&2
exit 77
