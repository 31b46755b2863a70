#!/bin/bash
# Prints how Boston kept its own deadlines from July to December 2011: the four
# figures of a KPI of type sla, by department. docs/boston311.md explains them.
#
#   examples/boston311.sh 311_service_requests_2011.csv [URL]
#
# The file is plain, .gz or .zip, as published on data.boston.gov. With URL it goes
# into the server there, which was started with
#   hms-monitor serve --config examples/boston311-kpis.yaml
# Without one a server is started on a data directory of its own and a free port,
# and at the end it is stopped and its data are removed. Nothing is built or
# downloaded. HMS_MONITOR names the program; curl, jq and column are needed, too.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
program=${HMS_MONITOR:-$here/../bin/hms-monitor}
usage="usage: $0 FILE [URL]"
file=${1:?$usage}
url=${2:-}

fail() {
    echo "$0: $*" >&2
    exit 1
}
[ -r "$file" ] || fail "$file cannot be read; the data are on https://data.boston.gov, under 311 service requests"
[ -x "$program" ] || fail "$program is not there: run 'make build', or name the program by HMS_MONITOR"
for tool in curl jq column; do
    command -v $tool >/dev/null || fail "$tool is missing: install it"
done

work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$work"
}
trap finish EXIT

if [ -z "$url" ]; then
    echo "Starting $program on $work" >&2
    "$program" serve --config "$here/boston311-kpis.yaml" --listen 127.0.0.1:0 --data-dir "$work/data" >"$work/log" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        url=http://$(grep -om1 '127\.0\.0\.1:[1-9][0-9]*' "$work/log" || true)
        if curl -fso /dev/null "$url/readyz"; then break; fi
        kill -0 "$server" 2>/dev/null || fail "the server has ended: $(cat "$work/log")"
        sleep 0.1
    done
fi

get() { curl -fsS ${HMS_TOKEN:+-H "Authorization: Bearer $HMS_TOKEN"} "$url/api/kpis/$1"; }

get case.sla | jq -e '.definition.due_tag == "dueAt"' >/dev/null ||
    fail "the server at $url has other KPIs: start it with --config examples/boston311-kpis.yaml"

"$program" import --url "$url" --map "$here/boston311.yaml" --state "$work" "$file"

# What was acknowledged is safe; the KPIs have it a moment later.
last=-1
while seq=$(get 'case.sla/value' | jq .seq) && [ "$seq" != "$last" ]; do
    last=$seq
    sleep 1
done

# The end of the year in Boston. 184 days before, it is 1 July, 01:00: an hour is
# lost as clocks went back in November, and nothing was opened in it.
at=2012-01-01T05:00:00Z
table='
def share: if .total == 0 then "-" else
  (10000 * .met / .total | round) as $n
  | "\(.met)/\(.total) \($n / 100 | floor).\($n % 100 + 100 | tostring[1:])%" end;
["DEPARTMENT", "DUE", "CLOSED", "CLOSED AND OVERDUE", "OVERDUE NOW", "NOT YET DUE", "NO TARGET"],
(.series | sort_by(-(.figures | .due.total + .live.onTrack + .live.atRisk + .withoutGoal))[]
  | [(.tags.office // "all"), (.figures | (.due, .closed, .closed_and_overdue | share),
     .live.breached, .live.onTrack + .live.atRisk, .withoutGoal)])
| @tsv'
echo
echo "As of $at, over the 184 days before:"
get "case.sla/value?at=$at&window=184d&by=office" | jq -r "$table" | column -ts $'\t'

cat <<'END'

The city's own figure is 80.17 %: 46572 requests flagged ONTIME of 58093 with a
flag. It counts 10981 requests without a target as on time, leaves out 158 that
were late without a flag, and was made years later. docs/boston311.md has more.

Opened on each of the days around the hurricane Irene, and open at its end:
END
for day in 27 28 29 30; do
    end=2011-08-$((day + 1))T04:00:00Z # midnight in Boston
    opened=$(get "cases.opened.per.day/value?at=$end&window=24h" | jq '.series[0].figures.count')
    open=$(get "case.backlog/value?at=$end" | jq '.series[0].value')
    echo "  2011-08-$day  $opened opened, $open open"
done
