# shellcheck shell=bash
# Run or print a command, tell what is there, say what is wrong. Sourced by deploy.sh.
# shellcheck disable=SC2154 # dry, project: read by read_options

exec 3>&1 # what --dry-run prints, also from inside $(…)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 077

die() { # die WHAT-IS-WRONG [WHAT-TO-DO]…
  printf '\ndeploy.sh: %s\n' "$1" >&2
  [ $# = 1 ] || printf '  %s\n' "${@:2}" >&2
  exit 1
}

problems=()
problem() { problems+=("$1"$'\n'"      $2"); } # problem WHAT-IS-WRONG COMMAND-THAT-MENDS-IT

stop_if_problems() {
  [ ${#problems[@]} != 0 ] || return 0
  printf '\ndeploy.sh: nothing was deployed. What is wrong, and what mends it:\n' >&2
  printf '  - %s\n' "${problems[@]}" >&2
  exit 1
}

show() { # show COMMAND…: as it can be pasted
  local quoted
  printf -v quoted '%q ' "$@"
  printf '$ %s\n' "${quoted% }" >&3
}

run() { # run COMMAND…: quiet unless it fails; in a dry run only shown
  if [ -n "$dry" ]; then show "$@"; return 0; fi
  "$@" >"$scratch/said" 2>&1 && return 0
  cat "$scratch/said" >&2
  printf 'deploy.sh: this failed; what was done stays done, and the same ./deploy.sh goes on from here:\n' >&2
  exec 4>&3 3>&2
  show "$@"
  exec 3>&4
  return 1
}

google() { run gcloud "$@" --project="$project" --quiet; } # google WORDS…: a gcloud command that changes something

ask() { # ask COMMAND…: its output; nothing in a dry run
  if [ -n "$dry" ]; then show "$@"; return 0; fi
  "$@" 2>"$scratch/asked" || die "$(cat "$scratch/asked")" "$(printf '%q ' "$@")"
}

exists() { # exists COMMAND…: whether what it describes is there; in a dry run nothing is
  if [ -n "$dry" ]; then show "$@"; return 1; fi
  "$@" >"$scratch/asked" 2>&1 && return 0
  grep -qiE 'not[ _]found|cannot find|could not be found|does not exist|unknown service account' "$scratch/asked" && return 1
  die "$(cat "$scratch/asked")" "$(printf '%q ' "$@")"
}

patiently() { # patiently COMMAND…: again if it fails, since Google needs some seconds to know a new account everywhere
  local try
  for try in 1 2 3 4 5 6 7 8 9; do
    "$@" 2>"$scratch/failed" && return 0
    grep -qiE 'does not exist|not[ _]found' "$scratch/failed" || break
    [ "$try" != 1 ] || printf '(Google does not know the new account yet) '
  done
  "$@"
}

step() { # step WHAT FUNCTION…: one line with its time
  local begun=$SECONDS
  if [ -n "$dry" ]; then printf '\n# %s\n' "$1"; else printf '%-32s ' "$1"; fi
  "${@:2}"
  [ -n "$dry" ] || printf '%4d s\n' $((SECONDS - begun))
}

field() { # field NAME <JSON: "" if it is not there, also in what is no JSON
  python3 -c '
import json, sys
try:
    found = json.JSONDecoder().raw_decode(sys.stdin.read().lstrip())[0]
    for name in sys.argv[1].split("."):
        found = found.get(name, "")
except (ValueError, AttributeError):
    found = ""
print(found if isinstance(found, str) else json.dumps(found))' "$1"
}

# curl reads what nobody may see from its standard input: arguments stand in the list of processes.
as_bearer() { printf 'header = "Authorization: Bearer %s"\n' "$1"; }
as_key() { printf 'header = "X-Api-Key: %s"\n' "$1"; }

web() { # web <CONFIGURATION ARGUMENTS…: the answer and, in a line of its own, the HTTP status
  local command=(curl --config - --silent --show-error --max-time 60 --write-out '\n%{http_code}\n' "$@")
  if [ -n "$dry" ]; then cat >/dev/null; show "${command[@]}"; return 0; fi
  "${command[@]}"
}

post() { # post KEY URL JSON: a call of our own function
  as_key "$1" | web --retry 5 --retry-max-time 60 --retry-all-errors --header 'Content-Type: application/json' --data "$3" "$2"
}

member() { # member E-MAIL: as IAM writes it
  if [[ $1 == *.gserviceaccount.com ]]; then printf 'serviceAccount:%s' "$1"; else printf 'user:%s' "$1"; fi
}

id_in() { # id_in ID-OR-ADDRESS
  local found=${1##*/d/}
  printf %s "${found%%[/?#]*}"
}
