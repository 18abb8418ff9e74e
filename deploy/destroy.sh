# shellcheck shell=bash
# ./deploy.sh --destroy: what the script made goes, the spreadsheet stays.
# shellcheck disable=SC2154 # what read_options and name_things set

destroy_all() {
  local typed name
  if [ -z "$dry" ]; then
    cat <<END
This deletes the function, its schedule, alert, accounts and secrets in $project. Bots and tills get no answer any more.
The spreadsheet is not touched. A later function gets another CODE_KEY, and serves it once --new-code-key says that this
is meant: it makes other codes then, and those in the sheet stay valid.
END
    read -r -p "Type the project's id to go on: " typed || typed=''
    [ "$typed" = "$project" ] || die "nothing was deleted"
  fi
  step "Housekeeping" gone "scheduler jobs" "$JOB" --location="$region"
  step "Function" gone "run services" "$SERVICE" --region="$region"
  step "Alert" alert_gone
  step "Log exclusion" exclusion_gone
  for name in API_KEYS CODE_KEY "${GIVEN[@]}"; do step "Secret $name" gone secrets "$name"; done
  step "Account of the scheduler" gone "iam service-accounts" "$scheduler"
  step "Account of the function" gone "iam service-accounts" "$runner"
  printf '\nLeft, since others may use them: the APIs, the repository cloud-run-source-deploy, the bucket run-sources-%s-%s.\n' \
    "$project" "$region"
}

gone() { # gone "GROUP OF GCLOUD" NAME FLAGS…
  local group
  read -ra group <<<"$1"
  if [ -n "$dry" ] || exists gcloud "${group[@]}" describe "${@:2}" --project="$project"; then
    google "${group[@]}" delete "${@:2}"
  fi
}

alert_gone() {
  local policy
  policy=$(alert_policy)
  [ -z "$dry" ] || policy=POLICY
  if [ -n "$policy" ]; then google alpha monitoring policies delete "${policy%%$'\n'*}"; fi
}

exclusion_gone() {
  local there
  there=$(ask gcloud logging sinks describe _Default --format='value(exclusions[].name)' --project="$project")
  if [ -n "$dry" ] || [[ $there == *"$EXCLUSION"* ]]; then
    google logging sinks update _Default --remove-exclusions="$EXCLUSION"
  fi
}
