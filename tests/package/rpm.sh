# shellcheck shell=bash
# For tests/package/run: installs, uses and removes the .rpm in $machine, by this machine's rpm,
# with a database of its own. Empty packages stand for those of Fedora and SUSE that it requires.

rpm_file() { echo build/pmem2j-*."$processor".rpm; }

rpm_inside() { rpm --root "$machine" --dbpath /tmp/rpm "$@"; }

install_rpm() { rpm_inside --ignorearch "$@" "$(rpm_file)"; }

# Makes the empty packages, below $stubs. That of glibc provides what this Debian's glibc does.
make_stubs() {
  local libraries=() provided=()
  mapfile -t libraries < <(find "$machine/usr/lib" -name 'ld-linux-*.so.*' -o -name libc.so.6)
  mapfile -t provided < <(printf '%s\n' "${libraries[@]}" | /usr/lib/rpm/elfdeps --provides | sort -u)
  stub glibc "${provided[@]}" "rtld(GNU_HASH)"
  stub bash /bin/sh
  stub java-11-openjdk-headless "java-headless = 1:11.0.25.0.9" java-11-headless
  stub java-17-openjdk-headless "java-headless = 17.0.8.1" java-17-headless
  stub java-21-openjdk-headless "java-headless = 1:21.0.9.0.10" java-21-headless
  rpmbuild -bb --quiet --define "_topdir $stubs" --define "_dbpath $stubs/db" --define "_rpmdir $stubs" \
    --define '_rpmfilename %%{name}.rpm' "$stubs/spec"
}

# stub NAME CAPABILITY…: a package that provides these; each Java has a file where a JVM would be.
stub() {
  local name=$1 file=
  shift
  [ -e "$stubs/spec" ] || printf '%s\n' "Name: stubs" "Version: 1" "Release: 1" "Summary: None" \
    "License: None" "BuildArch: noarch" "%description" "%install" >"$stubs/spec"
  [[ $name != java-* ]] || file=/usr/lib/jvm/$name
  {
    printf '%s\n' "%package -n $name" "Summary: None" "${@/#/Provides: }" "%description -n $name"
    printf '%s\n' "%files -n $name" "$file"
  } >>"$stubs/spec"
  [ -z "$file" ] || sed -i "s|^%install\$|&\ninstall -D /dev/null %{buildroot}$file|" "$stubs/spec"
}

# refused: checks that the installation fails because there is no Java.
refused() {
  local output
  ! output=$(install_rpm -i 2>&1) && grep -F 'java-headless >= 1:17' <<<"$output"
}

# remade COMMAND…: whether it rebuilds the archive of classes.
remade() {
  local before
  before=$(stat -c %i "$machine/var/cache/pmem2j/classes.jsa")
  "$@" && [ "$(stat -c %i "$machine/var/cache/pmem2j/classes.jsa")" != "$before" ]
}

check_rpm() {
  mkdir -p "$machine"/usr/share/{doc,licenses,man/man1,zsh/site-functions} # as on a real machine
  files >build/files-before
  stubs=$(mktemp -d)
  check "packages to require" make_stubs
  check "its requirements are there" rpm_inside -i "$stubs"/{glibc,bash}.rpm
  check "without Java the .rpm is refused" refused
  rpm_inside -i "$stubs/java-11-openjdk-headless.rpm"
  check "with Java 11 the .rpm is refused" refused
  rpm_inside -i "$stubs/java-17-openjdk-headless.rpm"
  check "SUSE's Java suffices" install_rpm -i --test
  rpm_inside -e java-17-openjdk-headless
  rpm_inside -i "$stubs/java-21-openjdk-headless.rpm"
  check "the .rpm is installed" install_rpm -i
  check_use
  check "its files are as installed" rpm_inside -V pmem2j
  foreign "$architecture" || check "its completion" inside zsh /tmp/test/completion /usr/share/zsh/site-functions
  [ -z "${PMEM2J_NIGHTLY:-}" ] || check_rpm_changes
  check_removal /var/lib/prometheus/node-exporter rpm_inside -e pmem2j java-11-openjdk-headless java-21-openjdk-headless
  rm -r "$stubs"
}

# Each rebuilds the archive of classes, which takes seconds.
check_rpm_changes() {
  check "another Java" remade rpm_inside -i "$stubs/java-17-openjdk-headless.rpm"
  check "a Java less" remade rpm_inside -e java-17-openjdk-headless
  echo "# edited" >>"$machine/etc/default/pmem2j"
  check "an upgrade" remade install_rpm -U --replacepkgs
  check "an upgrade keeps the configuration" grep "# edited" "$machine/etc/default/pmem2j"
  sed -i '/# edited/d' "$machine/etc/default/pmem2j"
}
