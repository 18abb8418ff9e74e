# shellcheck shell=bash
# What must be so before anything is made, and before anything is deployed: all that is wrong is said at once.
# shellcheck disable=SC2154,SC2034 # what read_options and name_things set; number and account are used there

readonly SCOPE=https://www.googleapis.com/auth/spreadsheets
#: What only somebody with rights over the whole project may do, and what is done below.
readonly RIGHTS=(serviceusage.services.enable iam.serviceAccounts.create iam.serviceAccounts.setIamPolicy
  iam.serviceAccounts.actAs resourcemanager.projects.setIamPolicy secretmanager.secrets.create
  secretmanager.secrets.setIamPolicy run.services.create cloudbuild.builds.create logging.sinks.update
  monitoring.alertPolicies.create cloudscheduler.jobs.create)

check_ground() { # this machine, the account, the project
  check_tools
  stop_if_problems
  account=$(ask gcloud config get-value account)
  [ -z "$dry" ] || account=YOU@example.com
  if [ -z "$account" ] || ! logged_in; then problem "You are not logged in." "gcloud auth login"; fi
  if [ -z "$email" ] && [[ $account == *.gserviceaccount.com ]]; then
    problem "$account reads no mail." "--email with the address of who shall hear of broken spreadsheets"
  fi
  email=${email:-$account}
  stop_if_problems
  check_project
  stop_if_problems
}

logged_in() { [ -n "$dry" ] || gcloud auth print-access-token >/dev/null 2>"$scratch/why"; }

check_tools() {
  local tool
  for tool in gcloud curl openssl python3; do
    if ! command -v "$tool" >/dev/null; then
      problem "$tool is not installed." "open https://shell.cloud.google.com, where all is ready, and run this there"
    fi
  done
  if command -v python3 >/dev/null && ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    problem "python3 is older than 3.11." "open https://shell.cloud.google.com, and run this there"
  fi
  [ -f pyproject.toml ] && [ -f functions/main.py ] || problem "This is not the folder of Promosheet." "git clone it again"
}

check_project() {
  local billing
  if exists_quietly gcloud projects describe "$project" --format='value(projectNumber)'; then
    number=${dry:+PROJECT_NUMBER}
    [ -n "$dry" ] || number=$(<"$scratch/asked")
  else
    problem "There is no project $project, or $account may not see it." "gcloud projects list   (or: gcloud projects create $project)"
  fi
  if [ ${#problems[@]} != 0 ]; then return; fi
  billing=$(ask gcloud billing projects describe "$project" --format='value(billingEnabled)')
  if [ -z "$dry" ] && [ "${billing,,}" != true ]; then
    problem "The project has no billing." \
      "gcloud billing projects link $project --billing-account=ID   (gcloud billing accounts list shows the ids)"
  fi
  check_rights
}

exists_quietly() { # exists_quietly COMMAND…: as exists, but what may not be seen is not there
  if [ -n "$dry" ]; then show "$@"; return 0; fi
  "$@" >"$scratch/asked" 2>"$scratch/why"
}

check_rights() {
  local owner list granted missing=() right
  owner=$(own_token)
  printf -v list '"%s",' "${RIGHTS[@]}"
  granted=$(as_bearer "$owner" | web --header 'Content-Type: application/json' \
    --data "{\"permissions\":[${list%,}]}" \
    "https://cloudresourcemanager.googleapis.com/v1/projects/$project:testIamPermissions")
  [ -z "$dry" ] || return 0
  if [ "$(tail -n 1 <<<"$granted")" != 200 ]; then
    printf 'Rights could not be looked at, going on: %s\n' "$(field error.message <<<"$granted")" >&2
    return
  fi
  for right in "${RIGHTS[@]}"; do
    [[ $granted == *"\"$right\""* ]] || missing+=("$right")
  done
  if [ ${#missing[@]} != 0 ]; then
    problem "$account lacks rights in the project: ${missing[*]}." \
      "an owner runs: gcloud projects add-iam-policy-binding $project --member=$(member "$account") --role=roles/owner"
  fi
}

own_token() { ask gcloud auth print-access-token; }

ask_for_spreadsheet() {
  [ -z "$spreadsheet" ] || return 0
  if [ -n "$dry" ]; then spreadsheet=SPREADSHEET_ID; return; fi
  cat <<END

Now the spreadsheet, which must be yours (an account of Google's for programs cannot own one):
  1. Open https://sheets.new and give the new spreadsheet a name. File, Settings: the country and the shop's time zone.
  2. Share (top right): $runner as Editor. No notification is needed.
  3. Paste its address here.
END
  local typed
  read -r -p "Address: " typed || die "no address was typed" "run it again with --spreadsheet-id"
  spreadsheet=$(id_in "$typed")
  [[ $spreadsheet =~ ^[A-Za-z0-9_-]+$ ]] || die "that is not the address of a spreadsheet" "run it again with --spreadsheet-id"
}

check_reach() { # what can be asked only once APIs and accounts are there: the region, the spreadsheet
  local regions
  regions=$(ask gcloud run regions list --format='value(locationId)' --project="$project")
  if [ -z "$dry" ] && ! grep -qx "$region" <<<"$regions"; then
    problem "Cloud Run has no region $region." "--region with one of: ${regions//$'\n'/ }"
  fi
  token=$(sheet_token)
  check_spreadsheet
  stop_if_problems
}

sheet_token() { # a token of the function's account, for an hour, for spreadsheets alone
  # https://cloud.google.com/iam/docs/create-short-lived-credentials-direct; a right that was given just now may take
  # two minutes, so curl asks again.
  local owner answer
  owner=$(own_token)
  answer=$(as_bearer "$owner" | web --fail --retry 12 --retry-delay 10 --retry-all-errors \
    --header 'Content-Type: application/json' --header "X-Goog-User-Project: $project" --data "{\"scope\":[\"$SCOPE\"]}" \
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/$runner:generateAccessToken" 2>"$scratch/asked") ||
    die "no token for $runner: $(tail -n 1 "$scratch/asked")" "Google may need some minutes to know the right to it: run it again"
  if [ -z "$dry" ]; then field accessToken <<<"$answer"; fi
}

check_spreadsheet() {
  local answer found
  # With no X-Goog-User-Project: the account has no rights in the project, and is counted there anyway.
  answer=$(as_bearer "$token" | web \
    "https://sheets.googleapis.com/v4/spreadsheets/$spreadsheet?fields=properties(timeZone)")
  [ -z "$dry" ] || return 0
  case $(tail -n 1 <<<"$answer") in
    200) ;;
    403) problem "The spreadsheet is not shared with the function." "in the spreadsheet: Share, $runner, Editor"; return ;;
    404) problem "There is no spreadsheet $spreadsheet." "--spreadsheet-id with the part of its address between /d/ and /edit"; return ;;
    *) problem "Google Sheets does not answer as it should: $(field error.message <<<"$answer")" "run it again"; return ;;
  esac
  found=$(field properties.timeZone <<<"$answer")
  if [ -z "$zone" ]; then
    printf '(a day ends at midnight in %s) ' "$found"
  elif [ "$found" != "$zone" ]; then
    problem "The spreadsheet's time zone is $found, not $zone." "in the spreadsheet: File, Settings, Time zone"
  fi
}
