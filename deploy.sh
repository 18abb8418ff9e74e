#!/usr/bin/env bash
# From an empty Google project to a working webhook; run it again to finish, to mend or to update. See --help and README.md.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=deploy/tools.sh
source deploy/tools.sh
# shellcheck source=deploy/checks.sh
source deploy/checks.sh
# shellcheck source=deploy/keys.sh
source deploy/keys.sh
# shellcheck source=deploy/destroy.sh
source deploy/destroy.sh

readonly APIS=(run cloudbuild artifactregistry secretmanager sheets logging monitoring cloudscheduler iam iamcredentials)
readonly SERVICE=promosheet JOB=promosheet-housekeeping EXCLUSION=promosheet-queries ALERT="Promosheet refuses calls"
#: Kept as secrets if they are in the environment, and given to the function if a secret of that name is there.
readonly GIVEN=(BOTHELP_CLIENT_ID BOTHELP_CLIENT_SECRET TELEGRAM_SECRET_TOKEN TELEGRAM_BOT_TOKEN)
#: Seconds, in this order: a call gives up, Cloud Run ends a request, the scheduler stops waiting for housekeeping.
readonly DEADLINE=8 TIMEOUT=150 PATIENCE=180
#: As many threads as requests at once; one instance is one group commit (and one quota).
readonly THREADS=200
# Whatever has a query is left out of the request logs: keys of webhooks (also as %6Bey) and subscribers' names stand
# there. Nothing is lost, the function writes a line of its own for each call.
readonly WITH_QUERY="resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"$SERVICE\" AND httpRequest.requestUrl:\"?\""
readonly BROKEN="resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"$SERVICE\" AND jsonPayload.outcome=\"sheet_broken\""

usage() {
  cat <<'END'
./deploy.sh --project P --region R [options]

  --spreadsheet-id ID   the spreadsheet, its id or its whole address; without it you are told how to make one
  --language en|ru      language of the tabs; default: the spreadsheet's
  --time-zone ZONE      the shop's, for example Europe/Moscow: the spreadsheet must have the same
  --new-code-key        the spreadsheet was served before, by a deployment that is gone: go on with a CODE_KEY of your own
  --email ADDRESS       who hears that calls are refused because the spreadsheet is broken; default: you
  --dry-run             print every command, quoted, and run none
  --rotate-keys WHO     bot or till: the first time new keys beside the old ones, the second time the old ones end
  --destroy             take everything away again, after a question; never the spreadsheet
  --help

Kept as secrets and given to the function if they are in the environment: BOTHELP_CLIENT_ID, BOTHELP_CLIENT_SECRET,
TELEGRAM_SECRET_TOKEN, TELEGRAM_BOT_TOKEN. Status 0: done, 1: something is wrong, 2: usage.
END
}

wrong_usage() {
  printf '%s\n\n' "$1" >&2
  usage >&2
  exit 2
}

read_options() {
  project='' region='' spreadsheet='' language='' zone='' email='' new_code_key='' dry='''' rotate='' destroy=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help) usage; exit 0 ;;
      --dry-run) dry=yes; shift; continue ;;
      --destroy) destroy=yes; shift; continue ;;
      --new-code-key) new_code_key=yes; shift; continue ;;
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    esac
    case $1 in
      --project | --region | --spreadsheet-id | --language | --time-zone | --email | --rotate-keys) ;;
      *) wrong_usage "deploy.sh: there is no $1" ;;
    esac
    [ $# -gt 1 ] && [ -n "$2" ] || wrong_usage "deploy.sh: $1 needs a value"
    read_option "$1" "$2"
    shift 2
  done
  [ -n "$project" ] || wrong_usage "deploy.sh: --project is missing (\`gcloud projects list\` shows yours)"
  [ -n "$region" ] || wrong_usage "deploy.sh: --region is missing (europe-west1, for example)"
}

read_option() { # read_option NAME VALUE
  local must
  case $1 in
    --project) must='^[a-z][a-z0-9-]{4,28}[a-z0-9]$'; project=$2 ;;
    --region) must='^[a-z]+-[a-z]+[0-9]+$'; region=$2 ;;
    --spreadsheet-id) must='^[A-Za-z0-9_-]+$'; spreadsheet=$(id_in "$2"); set -- "$1" "$spreadsheet" ;;
    --language) must='^(en|ru)$'; language=$2 ;;
    --time-zone) must='^[A-Za-z0-9_+/-]+$'; zone=$2 ;;
    --email) must='^[^@, ]+@[^@, ]+$'; email=$2 ;;
    --rotate-keys) must='^(bot|till)$'; rotate=$2 ;;
  esac
  [[ $2 =~ $must ]] || wrong_usage "deploy.sh: the value of $1 will not do"
}

name_things() {
  runner=promosheet@$project.iam.gserviceaccount.com
  scheduler=promosheet-scheduler@$project.iam.gserviceaccount.com
  # https://cloud.google.com/run/docs/triggering/https-request#deterministic: known before there is a function
  url=https://$SERVICE-$number.$region.run.app
}

ensure_apis() {
  local enabled missing=() api
  enabled=$(ask gcloud services list --enabled --format='value(config.name)' --project="$project")
  for api in "${APIS[@]}"; do
    grep -qx "$api.googleapis.com" <<<"$enabled" || missing+=("$api.googleapis.com")
  done
  [ ${#missing[@]} = 0 ] || google services enable "${missing[@]}"
}

ensure_account() { # ensure_account E-MAIL WHAT-FOR
  exists gcloud iam service-accounts describe "$1" --project="$project" ||
    google iam service-accounts create "${1%%@*}" --display-name="$2"
}

ensure_rights() {
  # The build runs as this account: https://cloud.google.com/run/docs/deploying-source-code
  patiently google projects add-iam-policy-binding "$project" --condition=None --role=roles/run.builder \
    --member="serviceAccount:$number-compute@developer.gserviceaccount.com"
  # So that `sheet apply` can be done as the function's account; not even an owner may, unasked.
  patiently google iam service-accounts add-iam-policy-binding "$runner" --role=roles/iam.serviceAccountTokenCreator \
    --member="$(member "$account")"
}

ensure_sheet() {
  if ! [ -x .venv/bin/promosheet ]; then
    run python3 -m venv .venv
    run .venv/bin/python -m pip install --quiet .
  fi
  local command=(.venv/bin/python -m functions.cli sheet apply --spreadsheet-id "$spreadsheet")
  [ -z "$language" ] || command+=(--language "$language")
  [ -z "$new_code_key" ] || command+=(--new-code-key)
  local code_key
  code_key=$(value_of CODE_KEY "$code_key_version")
  if SHEETS_ACCESS_TOKEN=$token CODE_KEY=$code_key run "${command[@]}"; then return; fi
  if grep -q -- --new-code-key "$scratch/said"; then
    printf 'If another deployment serves this spreadsheet, take a spreadsheet of its own for this one. If that one is gone: --new-code-key.\n' >&2
  fi
  return 1
}

ensure_function() {
  local variables="SPREADSHEET_ID=$spreadsheet,REQUEST_DEADLINE_S=$DEADLINE,THREADS=$THREADS"
  variables+=",GOOGLE_CLOUD_PROJECT=$project,HOUSEKEEPING_CALLER=$scheduler,HOUSEKEEPING_AUDIENCE=$url"
  local build=GOOGLE_FUNCTION_SOURCE=functions/main.py,UV_COMPILE_BYTECODE=1,PYC_INVALIDATION_MODE=UNCHECKED_HASH
  google run deploy "$SERVICE" --source=. --function=promosheet --base-image=python313 --region="$region" \
    --service-account="$runner" --set-build-env-vars="$build" --set-env-vars="$variables" \
    --set-secrets="$(IFS=, && printf %s "${pinned[*]}")" --concurrency="$THREADS" --max-instances=1 \
    --cpu=1 --memory=1Gi --cpu-boost --timeout="${TIMEOUT}s" --ingress=all --no-invoker-iam-check
}

ensure_exclusion() {
  local there exclusion="name=$EXCLUSION,description=Keys and names in queries,filter=$WITH_QUERY"
  there=$(ask gcloud logging sinks describe _Default --format='value(exclusions[].name,exclusions[].filter)' --project="$project")
  if [[ $there != *"$EXCLUSION"* ]]; then
    google logging sinks update _Default --add-exclusion="$exclusion"
  elif [[ $there != *"$WITH_QUERY"* ]]; then
    google logging sinks update _Default --update-exclusion="$exclusion"
  fi
}

ensure_schedule() {
  local does=create
  if exists gcloud scheduler jobs describe "$JOB" --location="$region" --project="$project"; then does=update; fi
  google scheduler jobs "$does" http "$JOB" --location="$region" --schedule="7 * * * *" --time-zone=Etc/UTC \
    --uri="$url/tasks" --http-method=POST --attempt-deadline="${PATIENCE}s" \
    --max-retry-attempts=3 --min-backoff=60s \
    --oidc-service-account-email="$scheduler" --oidc-token-audience="$url"
}

alert_channel() {
  ask gcloud beta monitoring channels list --filter="type=\"email\" AND labels.email_address=\"$email\"" \
    --format='value(name)' --project="$project"
}

alert_policy() {
  ask gcloud alpha monitoring policies list --filter="display_name=\"$ALERT\"" --format='value(name)' --project="$project"
}

ensure_alert() {
  local channel policy
  channel=$(alert_channel)
  if [ -z "$channel" ]; then
    google beta monitoring channels create --display-name="Promosheet: $email" --type=email \
      --channel-labels="email_address=$email"
    channel=$(alert_channel)
  fi
  channel=${channel%%$'\n'*}
  policy=$(alert_policy)
  if [ -n "$policy" ]; then
    google alpha monitoring policies update "${policy%%$'\n'*}" --add-notification-channels="$channel"
  else
    google alpha monitoring policies create --policy="$(alert_body)" --notification-channels="${channel:-CHANNEL}"
  fi
}

alert_body() { # https://cloud.google.com/logging/docs/alerting/log-based-alerts: a rate limit is required
  tr -d '\n' <<END
{"displayName": "$ALERT", "combiner": "OR",
 "conditions": [{"displayName": "sheet_broken", "conditionMatchedLog": {"filter": "${BROKEN//\"/\\\"}"}}],
 "alertStrategy": {"notificationRateLimit": {"period": "3600s"}, "autoClose": "86400s"},
 "documentation": {"mimeType": "text/markdown", "content": "A tab or a column that the functions need is missing in the spreadsheet: see its tab Problems, or run promosheet sheet check."}}
END
}

smoke() { # smoke ROLE PATH: a made-up code must not be found
  local answer said
  read_keys
  answer=$(post "$(key_of "$1")" "$url$2" "{\"code\":\"MADE-UP-$RANDOM\",\"subscriber_id\":\"deploy-$RANDOM$RANDOM\"}")
  [ -z "$dry" ] || return 0
  said=$(field status <<<"$answer")
  [ "$said" != not_found ] || return 0
  die "$url$2 does not answer as it should (${said:-no status}, HTTP $(tail -n 1 <<<"$answer"))" \
    "see why: gcloud run services logs read $SERVICE --region=$region --project=$project"
}

ensure_secrets() {
  local name
  ensure_secret CODE_KEY new_code_key
  ensure_secret API_KEYS new_api_keys
  for name in "${GIVEN[@]}"; do ensure_given "$name"; done
}

main() {
  read_options "$@"
  check_ground
  name_things
  if [ -n "$destroy" ]; then destroy_all; return; fi
  step "APIs" ensure_apis
  step "Account of the function" ensure_account "$runner" "Promosheet: the function"
  step "Account of the scheduler" ensure_account "$scheduler" "Promosheet: housekeeping"
  step "Rights" ensure_rights
  ask_for_spreadsheet
  step "Spreadsheet and region" check_reach
  step "Secrets" ensure_secrets
  if [ -n "$rotate" ]; then step "New keys: $rotate" rotate_keys "$rotate"; fi
  step "Tabs of the spreadsheet" ensure_sheet
  step "Queries stay out of the logs" ensure_exclusion
  step "Function (some minutes)" ensure_function
  step "Housekeeping, hourly" ensure_schedule
  step "Alert to $email" ensure_alert
  step "Live: the bot's address" smoke bot /bot/check
  step "Live: the till's address" smoke till /till/check
  say_what_to_do
}

main "$@"
