# Makes sure that the packages of tools/packages.txt and a Node >= 22 are there; does nothing, in a few milliseconds, on
# a machine that has them. ./run and ./test source it (make itself may be missing), the Makefile's verbs run it.

wanted=$(sed '/^#/d' tools/packages.txt)
# Intel's instructions, without which OpenSSL does the same.
[ "$(dpkg --print-architecture)" = amd64 ] || wanted=$(echo "$wanted" | sed '/^libipsec-mb-dev$/d')
missing=
installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ') "
for package in $wanted; do
  case "$package" in
    nodejs | npm) command -v npm >/dev/null 2>&1 && continue ;;
  esac
  case "$installed" in *" $package "*) ;; *) missing="$missing $package" ;; esac
done
if [ -n "$missing" ]; then
  echo "Installing:$missing"
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq
  # The tests run servers of their own (tools/services): no other should start here because of us.
  case "$missing " in
    *" postgresql-15 "*)
      if [ ! -e /etc/postgresql-common ]; then
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
        $as_root sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
      fi
      ;;
  esac
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# Debian 12 has Node 18, today's front-end tools need 22: npm's own `node` package brings it into a folder of ours.
node_major() { "$1" --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }
if [ "$(node_major node || true)" -ge 22 ] 2>/dev/null; then :; else
  tools_node=$PWD/.tools/node_modules/node/bin
  if [ ! -x "$tools_node/node" ]; then
    echo "Installing Node 22 into .tools"
    mkdir -p .tools
    npm install --prefix .tools --no-save --no-audit --no-fund --loglevel=error node@22 >/dev/null
  fi
  PATH=$tools_node:$PATH
  export PATH
fi
