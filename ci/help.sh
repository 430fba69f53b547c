# shellcheck shell=bash
# --help prints the comment at the top of the script that sources this.
case ${1:-} in
  -h | --help)
    sed -n '2,${/^#/!q;s/^# \{0,1\}//p}' "$0"
    exit
    ;;
esac
