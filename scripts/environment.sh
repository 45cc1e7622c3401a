# Sourced by ./run and ./test: the virtual environment in .venv and the tools outside Python.
# Sets $python.  Nothing is installed twice: a stamp holds the checksum of what was.
python="$here/.venv/bin/python"

make_environment() {
  local base=${PYTHON:-python3} sum stamp
  stamp="$here/.venv/installed-$(IFS=+; echo "$*")"
  if ! "$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "需要 Python 3.11 或更高版本（当前：$("$base" --version 2>&1 || echo 未安装)）。安装后重试，或用 PYTHON=python3.12 ./run 指定。" >&2
    exit 2
  fi
  sum=$(cd "$here" && cat "$@" | cksum)
  if [ -x "$python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ]; then
    return
  fi
  echo "正在准备运行环境（首次运行约需一两分钟）…" >&2
  if [ ! -x "$python" ] && ! "$base" -m venv "$here/.venv"; then
    echo "无法创建虚拟环境。Debian/Ubuntu 请先执行：apt-get install python3-venv" >&2
    exit 2
  fi
  "$python" -m pip install --quiet --disable-pip-version-check 'pip>=24'
  local arguments=()
  for file in "$@"; do arguments+=(-r "$here/$file"); done
  "$python" -m pip install --quiet --disable-pip-version-check "${arguments[@]}"
  echo "$sum" > "$stamp"
}

install_browser() {
  # Chromium drives the pages, antiword reads .doc, axe-core checks accessibility.
  local wanted=()
  command -v chromium >/dev/null || wanted+=(chromium)
  command -v antiword >/dev/null || wanted+=(antiword)
  fc-list 2>/dev/null | grep -qi 'noto.*cjk' || wanted+=(fonts-noto-cjk)
  if [ ${#wanted[@]} -gt 0 ]; then
    local become=()
    if [ "$(id -u)" != 0 ]; then become=(sudo -n); fi
    if command -v apt-get >/dev/null && "${become[@]}" true 2>/dev/null; then
      "${become[@]}" apt-get update -qq >/dev/null && \
        DEBIAN_FRONTEND=noninteractive "${become[@]}" apt-get install -y -qq "${wanted[@]}" >/dev/null || \
        echo "could not install ${wanted[*]}: tests that need them will say so" >&2
    else
      echo "not installed: ${wanted[*]}: tests that need them will say so" >&2
    fi
  fi
  if command -v npm >/dev/null && [ ! -f "$here/node_modules/axe-core/axe.min.js" ]; then
    (cd "$here" && npm ci --silent --no-audit --no-fund >/dev/null) || \
      echo "could not install axe-core: tests that need it will say so" >&2
  fi
}
