# shellcheck shell=bash
# For the demos, inside the emulated machine. Read it with ".".

disk=/dev/pmem0
PATH=$PMEM2J_ROOT/usr/bin:$PATH
# An emulated processor takes longer to compile a short command than to interpret it.
export PMEM2J_JAVA_OPTIONS=-Xint
java() { command java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData "$@"; }

# Bold if ci/demo prints to a terminal.
say() { printf "\n${PMEM2J_BOLD:+\033[1m}# %s${PMEM2J_BOLD:+\033[0m}\n" "$*"; }

# show COMMAND…: prints the command, what it prints, and its exit code unless that is 0.
show() {
  local words=$*
  printf '$ %s\n' "${words//-cp "$PMEM2J_ROOT"/-cp demo}"
  run "$@"
}

# The pipe makes a command leave out its progress bar.
run() {
  local code=0
  "$@" 2>&1 | cat || code=$?
  [ "$code" -eq 0 ] || echo "(exit code $code)"
}

make_disk() {
  mkfs.ext4 -q -b 4096 "$disk"
  mkdir -p /run/pmem
  show mount -o dax "$disk" /run/pmem
}

# strike FILE PAGE…: a media error in the first sector of each page.
strike() {
  local sector
  "${BASH_SOURCE[0]%/*}/../../sector-of" "$@" | while read -r sector; do
    echo "$sector 1" >"/sys/block/${disk##*/}/badblocks"
  done
}
