# shellcheck shell=bash
# Secrets: made once, never replaced unasked, never an argument, and shown at most once, on a terminal.
# shellcheck disable=SC2154,SC2034 # what read_options and name_things set; code_key_version is used there

pinned=() # NAME=SECRET:VERSION for the function
made=''   # roles whose keys were made in this run

new_code_key() { openssl rand -hex 32 | tr -d '\n'; }
new_key() { openssl rand -hex 24 | tr -d '\n'; }
new_api_keys() {
  local bot till
  bot=$(new_key)
  till=$(new_key)
  printf 'bothelp:bot:%s,till-1:till:%s' "$bot" "$till"
}

versions_of() { # versions_of SECRET: number and state, the newest first
  ask gcloud secrets versions list "$1" --sort-by=~createTime --format='value(name.basename(),state)' --project="$project"
}

enabled() { awk 'tolower($2) == "enabled" && !n { n = $1 } END { if (n) print n }'; } # the newest of versions_of that can be read

value_of() { # value_of SECRET VERSION
  ask gcloud secrets versions access "$2" --secret="$1" --project="$project"
}

put_secret() { # put_secret NAME <VALUE: a new version
  if [ -n "$dry" ]; then cat >/dev/null; fi
  google secrets versions add "$1" --data-file=-
}

pin() { # pin NAME VERSION: the function may read it, and is given just this version
  patiently google secrets add-iam-policy-binding "$1" --role=roles/secretmanager.secretAccessor \
    --member="serviceAccount:$runner"
  pinned+=("$1=$1:$2")
}

ensure_kept() { # ensure_kept NAME: a place for it, perhaps still empty
  exists gcloud secrets describe "$1" --project="$project" ||
    google secrets create "$1" --replication-policy=automatic
}

ensure_secret() { # ensure_secret NAME MAKER: made if it never was
  local versions version value
  ensure_kept "$1"
  versions=$(versions_of "$1")
  version=$(enabled <<<"$versions")
  if [ -z "$version" ]; then
    [ -z "$versions" ] || die "every version of the secret $1 is disabled or destroyed" \
      "gcloud secrets versions enable NUMBER --secret=$1 --project=$project"
    value=$("$2") # first, so that what fails half-way is never kept
    printf %s "$value" | put_secret "$1"
    [ "$1" != API_KEYS ] || made='bot till'
    version=$(versions_of "$1" | enabled)
  fi
  pin "$1" "${version:-1}"
  case $1 in
    API_KEYS) keys_version=${version:-1} ;;
    CODE_KEY) code_key_version=${version:-1} ;;
  esac
}

ensure_given() { # ensure_given NAME: what the environment has is kept; what is kept is given to the function
  local value=${!1:-} version=''
  if [ -z "$value" ]; then
    exists gcloud secrets describe "$1" --project="$project" || return 0
  else
    ensure_kept "$1"
  fi
  version=$(versions_of "$1" | enabled)
  if [ -n "$value" ] && { [ -z "$version" ] || [ "$(value_of "$1" "$version")" != "$value" ]; }; then
    printf %s "$value" | put_secret "$1"
    version=$(versions_of "$1" | enabled)
    [ -z "$dry" ] || version=1
  fi
  [ -z "$version" ] || pin "$1" "$version"
}

read_keys() { # the entries of API_KEYS -> $entries, once
  local value
  [ "${keys_read:-}" != yes ] || return 0
  value=$(value_of API_KEYS "$keys_version")
  IFS=, read -ra entries <<<"$value"
  keys_read=yes
}

key_of() { # key_of ROLE: its first secret, which is the newest
  local entry
  read_keys
  for entry in "${entries[@]}"; do
    if [[ $entry == *:"$1":* ]]; then printf %s "${entry##*:}"; return; fi
  done
}

rotate_keys() { # rotate_keys ROLE: new keys beside the old ones, or, if there are such already, without the old ones
  local entry name new=() seen=' ' twice=''
  read_keys
  for entry in "${entries[@]}"; do
    name=${entry%%:*}
    if [[ $entry != *:"$1":* ]]; then new+=("$entry"); continue; fi
    if [[ $seen == *" $name "* ]]; then twice=yes; continue; fi
    seen+="$name "
    new+=("$entry")
  done
  if [ -n "$twice" ]; then end_old_keys "$1" "${new[@]}"; else add_new_keys "$1"; fi
}

add_new_keys() { # add_new_keys ROLE: in front of each of its keys another one of the same name
  local entry key new=()
  for entry in "${entries[@]}"; do
    if [[ $entry == *:"$1":* ]]; then
      key=$(new_key)
      new+=("${entry%%:*}:$1:$key")
    fi
    new+=("$entry")
  done
  replace_keys "${new[@]}"
  made=$1 ended=''
}

end_old_keys() { # end_old_keys ROLE ENTRIES…: only if the newer ones are in use, else a run that died is finished
  local where=/bot/check
  [ "$1" = bot ] || where=/till/check
  case $(post "$(key_of "$1")" "$url$where" '{"code":"MADE-UP","subscriber_id":"deploy"}' | tail -n 1) in
    200) replace_keys "${@:2}"; ended=$1 ;;
    *) printf '(the newer ones go live first) '; made=$1 ;;
  esac
}

replace_keys() { # replace_keys ENTRIES…
  (IFS=, && printf %s "$*") | put_secret API_KEYS
  entries=("$@")
  keys_version=$(versions_of API_KEYS | enabled)
  local place
  for place in "${!pinned[@]}"; do
    if [[ ${pinned[place]} == API_KEYS=* ]]; then pinned[place]="API_KEYS=API_KEYS:${keys_version:-1}"; fi
  done
}

shown_key() { # shown_key ROLE PLACEHOLDER: the key if it is new and this is a terminal, else the placeholder
  if [[ " $made " == *" $1 "* && -z $dry && -t 3 ]]; then key_of "$1"; else printf %s "$2"; fi
}

say_what_to_do() {
  local see=(gcloud secrets versions access latest --secret=API_KEYS --project="$project") command snippet bot
  command=(.venv/bin/python -m functions.cli bot snippet bothelp --campaign spring --url "$url")
  if [ -n "$dry" ]; then show "${command[@]}"; return; fi
  snippet=$("${command[@]}") # the key is put in here: it may be no argument
  bot=$(shown_key bot KEY-OF-THE-BOT)
  printf '\nDone. For BotHelp (promosheet bot snippet has the other platforms; spring is the name of a campaign):\n\n'
  printf '%s\n' "${snippet//KEY-OF-THE-BOT/$bot}"
  printf '\nTill: %s/till/   Key: %s\n' "$url" "$(shown_key till KEY-OF-THE-TILL)"
  printf 'Spreadsheet: https://docs.google.com/spreadsheets/d/%s/edit\n' "$spreadsheet"
  printf 'The keys, as name:role:KEY, again: %s\n' "${see[*]}"
  [ -z "$rotate" ] || say_of_rotation
}

say_of_rotation() {
  if [ "${ended:-}" = "$rotate" ]; then
    printf 'The old keys (%s) have ended.\n' "$rotate"
  else
    printf 'The old keys (%s) are still good. Once the new ones are in use everywhere, the same command ends the old ones.\n' "$rotate"
  fi
}
