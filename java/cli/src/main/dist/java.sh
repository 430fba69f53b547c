# shellcheck shell=sh
# For scripts that run pmem2j's jar. Read it with ".".

# Whether a directory is a Java of version 17 or newer.
is_java() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then
      value=${value#\"}
      value=${value%%[!0-9]*}
      [ "${value:-0}" -ge 17 ]
      return
    fi
  done <"$1/release"
  return 1
}

# Sets java_home, without links: JAVA_HOME, else the java on PATH, else one below /usr/lib/jvm.
find_java() {
  for java_home in "${JAVA_HOME:-/nowhere}" "$(command -v java)" /usr/lib/jvm/default-java \
    /usr/lib/jvm/*; do
    case $java_home in
      */java) java_home=$(readlink -f "$java_home") && java_home=${java_home%/bin/java} ;;
    esac
    if is_java "$java_home"; then
      java_home=$(cd -P "$java_home" && pwd)
      return
    fi
  done
  return 1
}
