# Read by ./run and ./test with $root set: makes sure that .venv holds exactly what requirements.txt
# lists. Nothing is done when it already does. Ends with one sentence and its remedy otherwise.

export PYTHONPATH="$root" PYTHONUTF8=1
# Each process of the product imports some 1,700 modules: without their bytecode on disk that takes
# over three seconds of computing instead of one, at every start.
unset PYTHONDONTWRITEBYTECODE

lianhui_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 \
        /opt/homebrew/bin/python3 /usr/local/bin/python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer was not found: install it (Debian: apt install python3 python3-venv; macOS: brew install python@3.13) or name one with PYTHON=/path/to/python3." >&2
    echo "未找到 Python 3.11 或更高版本：请先安装（Debian：apt install python3 python3-venv；macOS：brew install python@3.13），或用 PYTHON=/路径/python3 指定。" >&2
    return 1
}

if ! cmp -s "$root/requirements.txt" "$root/.venv/installed.txt" ||
    ! "$root/.venv/bin/python" -c '' >/dev/null 2>&1; then
    lianhui_python=$(lianhui_python) || exit 1
    "$lianhui_python" "$root/launcher/setup.py" "$root" || exit 1
fi
