# The commands of this Plow in a shell:  . /srv/plow/etc/plow-env.sh [HOST:PORT[,...]]
#
# For sh, bash and zsh. Puts `plow`, `plow-server`, `rndaemon`, `taskrun` and the window on PATH, in bash and zsh makes
# them complete, and with HOST:PORT says which farm is meant. Settings are read from ~/.config/plow and /etc/plow.
# Where the shell cannot say what it is reading (plain sh), set PLOW_ROOT to the folder above `etc` first.

if [ -n "${BASH_SOURCE:-}" ]; then
    PLOW_ROOT=$(CDPATH= cd -- "$(dirname -- "${BASH_SOURCE}")/.." && pwd)
elif [ -n "${ZSH_VERSION:-}" ]; then
    eval 'PLOW_ROOT=${${(%):-%x}:A:h:h}'
fi

if [ ! -d "${PLOW_ROOT:-}/etc" ]; then
    echo "plow-env.sh: set PLOW_ROOT to the folder above etc" >&2
    return 1
fi
export PLOW_ROOT

for plow_bin in "$PLOW_ROOT/.venv/bin" "$PLOW_ROOT/bin"; do
    if [ -x "$plow_bin/plow" ]; then
        case ":$PATH:" in
            *":$plow_bin:"*) ;;
            *) PATH="$plow_bin:$PATH" ;;
        esac
    fi
done
unset plow_bin
export PATH

if [ -n "${1:-}" ]; then
    PLOW_HOSTS=$1
    export PLOW_HOSTS
fi

case "$-" in
    *i*)
        if [ -n "${BASH_VERSION:-}" ]; then
            eval "$(plow completion bash)"
        elif [ -n "${ZSH_VERSION:-}" ]; then
            eval "$(plow completion zsh)"
        fi
        ;;
esac
