# shellcheck shell=bash
# For the benchmarks: two sides take turns in one run, and the ratio of their medians is printed as a
# row of a Markdown table.

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# Formats nanoseconds for people.
human() {
  awk -v ns="$1" 'BEGIN {
    unit = "ns"
    if (ns >= 1e3) { ns /= 1e3; unit = "µs" }
    if (ns >= 1e3) { ns /= 1e3; unit = "ms" }
    if (ns >= 1e3) { ns /= 1e3; unit = "s" }
    printf "%.3g %s", ns, unit
  }'
}

# row WHAT OURS PEER THEIRS GOAL: both times in nanoseconds. A ratio that misses its goal is bold.
row() {
  awk -v what="$1" -v ours="$(human "$2")" -v peer="$3" -v theirs="$(human "$4")" -v goal="$5" \
    -v ratio="$(awk -v a="$2" -v b="$4" 'BEGIN { print a / b }')" 'BEGIN {
      limit = goal
      bold = sub(/^≤ /, "", limit) && ratio + 0 > limit + 0 ? "**" : ""
      printf "| %s | %s | %s: %s | %s%.3g%s | %s |\n",
        what, ours, peer, theirs, bold, ratio, bold, goal }'
}

# compare WHAT GOAL TURNS OURS PEER THEIRS: OURS and THEIRS are commands, or functions, that print
# "NANOSECONDS COUNT" for each round; the first half of the rounds is warm-up. The counts of a side
# must be equal, and equal to $expect if that is set. Sets $ours_took and $theirs_took to the medians.
compare() {
  local what=$1 goal=$2 turns=$3 ours=$4 peer=$5 theirs=$6 samples
  samples=$(mktemp -d)
  while ((turns-- > 0)); do
    $ours >"$samples/turn" && later_half "$samples/turn" >>"$samples/ours" || return 1
    $theirs >"$samples/turn" && later_half "$samples/turn" >>"$samples/theirs" || return 1
  done
  ours_took=$(median <"$samples/ours") theirs_took=$(median <"$samples/theirs")
  row "$what" "$ours_took" "$peer" "$theirs_took" "$goal"
  rm -rf "$samples"
}

later_half() {
  awk -v expect="${expect-}" '
    { line[NR] = $1; count = $2 }
    expect != "" && count != expect {
      print "counted " count ", not " expect >"/dev/stderr"; exit failed = 1
    }
    END { if (!failed) for (i = int(NR / 2) + 1; i <= NR; i++) print line[i] }' "$1"
}

# whole COMMAND…: one round of a whole program, as "NANOSECONDS 0".
whole() {
  local begin end
  begin=${EPOCHREALTIME/[.,]/}
  "$@" >/dev/null || return 1
  end=${EPOCHREALTIME/[.,]/}
  echo "$(((end - begin) * 1000)) 0"
}

# Prints the disk of a new fsdax namespace on nfit_test's bus.
new_disk() {
  local bus=(-b nfit_test.0) region
  {
    ndctl disable-region "${bus[@]}" all
    ndctl init-labels -f "${bus[@]}" all
    ndctl enable-region "${bus[@]}" all
  } >/dev/null 2>&1
  for region in /sys/bus/nd/devices/ndbus*/region*; do
    [ "$(cat "$region/mappings")" -lt 2 ] || echo "$(cat "$region/size") ${region##*/}"
  done | sort -rn | head -n 1 | cut -d' ' -f2 >/run/region
  ndctl create-namespace "${bus[@]}" -r "$(cat /run/region)" -m fsdax |
    sed -n 's/.*"blockdev":"\(.*\)".*/\1/p'
}
