# shellcheck shell=bash
# For scripts that need another Debian than this machine's. Source it.

# cached NAME FUNCTION: prints the directory NAME below the cache. If it does not exist, FUNCTION is
# called with a working directory, and puts the content into its subdirectory out. A directory in the
# cache is complete, because it is moved there as a whole, and is made once even if two scripts need
# it at the same time. Making a new one removes those that were not used for a month.
cached() {
  local cache=${PMEM2J_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pmem2j} final work lock
  final=$cache/$1
  if [ ! -d "$final" ]; then
    mkdir -p "${final%/*}"
    exec {lock}>"$final.lock"
    flock "$lock"
    if [ ! -d "$final" ]; then
      work=$(mktemp -d "$final.XXXXXX")
      # Not in a condition, where bash ignores -e.
      (set -e; "$2" "$work") >"$work/log" 2>&1 &
      if ! wait $!; then
        tail -n 20 "$work/log" >&2
        rm -rf --one-file-system "$work"
        return 1
      fi
      touch "$work/out"
      mv "$work/out" "$final"
      find "${final%/*}" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
      rm -rf --one-file-system "$work"
    fi
    exec {lock}>&-
  fi
  touch "$final"
  echo "$final"
}

# The Debian mirror of this machine's apt, or PMEM2J_MIRROR.
debian_mirror() {
  local mirror=${PMEM2J_MIRROR:-}
  # shellcheck disable=SC2016
  [ -n "$mirror" ] ||
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' |
      awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }')
  [ -n "$mirror" ] || { echo "no Debian mirror in apt's sources: set PMEM2J_MIRROR" >&2; return 1; }
  echo "$mirror"
}

# private_apt SUITE ARCHITECTURE DIRECTORY: a configuration of apt for only these, for apt_get to use.
private_apt() {
  local mirror
  mirror=$(debian_mirror)
  mkdir -p "$3"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d}
  touch "$3/state/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" \
    >"$3/etc/sources.list"
  cat >"$3/apt.conf" <<END
APT::Architecture "$2";
APT::Architectures { "$2"; };
APT::Sandbox::User "";
Dir::State "$3/state";
Dir::State::status "$3/state/status";
Dir::Cache "$3/cache";
Dir::Etc "$3/etc";
END
  export APT_CONFIG=$3/apt.conf
  apt_get update
}

apt_get() {
  apt-get -q "$@"
}

# mount_namespace COMMAND…: runs it in a new mount namespace. A chroot has no mounts to make private.
mount_namespace() {
  local propagation=private
  unshare --mount true 2>/dev/null || propagation=unchanged
  unshare --mount --propagation "$propagation" "$@"
}

# debian_root SUITE ARCHITECTURE PACKAGE…: prints a root directory of that Debian with the packages.
# For another architecture they are only unpacked, not configured: enough for a JVM under qemu.
debian_root() {
  local key
  key=$(declare -f make_root unpack_root private_apt | cat - <(echo "$@") | sha256sum | cut -c1-12)
  root_arguments=("$@")
  cached "roots/$1-$2-$key" make_root
}

make_root() {
  local suite=${root_arguments[0]} architecture=${root_arguments[1]} mirror
  local packages=("${root_arguments[@]:2}")
  if [ "$architecture" = "$(dpkg --print-architecture)" ]; then
    mirror=$(debian_mirror)
    # What it mounts is gone with it.
    mount_namespace debootstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
      "$suite" "$1/out" "$mirror"
  else
    unpack_root "$suite" "$architecture" "$1/apt" "$1/out" "${packages[@]}"
    mkdir -p "$1"/out/{proc,tmp}
  fi
  rm -rf "$1"/out/var/cache/apt "$1"/out/usr/share/{doc,man,locale}
}

# unpack_root SUITE ARCHITECTURE APT ROOT PACKAGE…: unpacks the packages and their dependencies into
# ROOT without configuring them; APT is a directory for the configuration of apt.
unpack_root() {
  local suite=$1 architecture=$2 apt=$3 root=$4 deb
  shift 4
  private_apt "$suite" "$architecture" "$apt"
  apt_get install --download-only -y --no-install-recommends base-files "$@"
  mkdir -p "$root"/usr/{bin,lib,lib64,sbin}
  ln -s usr/bin usr/lib usr/lib64 usr/sbin "$root/"
  for deb in "$apt"/cache/archives/*.deb; do
    # Not dpkg -x, which for packages from before Debian 13 would replace the links by directories.
    dpkg --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$root"
  done
}

# mount_overlay ROOT: mounts an overlay of it at $machine, with /proc, /sys and /dev; writes are
# discarded. The caller must have its own mount namespace.
mount_overlay() {
  machine=$(mktemp -d)
  mount -t tmpfs tmpfs "$machine"
  mkdir "$machine"/{upper,work,root}
  mount -t overlay overlay "$machine/root" \
    -o "lowerdir=$1,upperdir=$machine/upper,workdir=$machine/work"
  machine=$machine/root
  mkdir -p "$machine"/{proc,sys,dev,tmp}
  mount -t proc proc "$machine/proc"
  mount --rbind /sys "$machine/sys"
  mount --rbind /dev "$machine/dev"
  chmod 1777 "$machine/tmp"
}

unmount_overlay() {
  umount -R -l "${machine%/root}"
  rmdir "${machine%/root}"
}

# foreign ARCHITECTURE: whether this machine has another one.
foreign() {
  [ "$1" != "$(dpkg --print-architecture)" ]
}

# run_foreign ARCHITECTURE: makes the kernel run its programs with qemu, in every root, until
# forget_foreign. It is Debian 13's qemu: with Debian 12's, a JVM that starts a process can hang
# forever.
run_foreign() {
  local binfmt=/proc/sys/fs/binfmt_misc name qemu
  foreign "$1" || return 0
  name=qemu-$(qemu_name "$1")
  [ -e "$binfmt/register" ] || mount -t binfmt_misc binfmt_misc "$binfmt" || return
  [ ! -e "$binfmt/$name" ] || return 0
  qemu=$(debian_root trixie "$(dpkg --print-architecture)" qemu-user-binfmt) || return
  sed "s|:/usr/|:$qemu/usr/|" "$qemu/usr/lib/binfmt.d/$name.conf" >"$binfmt/register" || return
  registered+=("$binfmt/$name")
}

registered=()
forget_foreign() {
  local name
  for name in "${registered[@]}"; do echo -1 >"$name"; done
}

# The name of a Debian architecture in qemu and in compilers.
qemu_name() {
  case $1 in
    arm64) echo aarch64 ;;
    amd64) echo x86_64 ;;
    *) echo "$1" ;;
  esac
}
