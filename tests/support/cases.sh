# SPDX-License-Identifier: Apache-2.0
# Sourced by the test scripts: counts cases, keeps a scratch folder, ends with "N passed, N failed".
# shellcheck shell=sh

passed=0
failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/otelshim-test.XXXXXX")

cases_end() {
	status=$?
	rm -rf "$scratch"
	echo "$passed passed, $failed failed"
	[ "$status" -eq 0 ] || exit "$status"
	[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ] || exit 1
}
trap cases_end EXIT
trap 'exit 130' INT TERM

case_passed() {
	passed=$((passed + 1))
	echo "ok: $1"
}

case_failed() {
	failed=$((failed + 1))
	echo "FAILED: $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/	/'
}

# case_silent NAME COMMAND...: it must succeed and say nothing.
case_silent() {
	name=$1
	shift
	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		case_passed "$name"
	else
		case_failed "$name" "$said"
	fi
}

# case_names NAME LINE COMMAND...: it must fail, and LINE must be one line of what it says.
case_names() {
	name=$1
	line=$2
	shift 2
	if said=$("$@" 2>&1); then
		case_failed "$name (it succeeded)" "$said"
	elif printf '%s\n' "$said" | grep -qxF -e "$line"; then
		case_passed "$name"
	else
		case_failed "$name (\"$line\" was not said)" "$said"
	fi
}
