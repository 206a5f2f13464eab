#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# git over HTTP, as its server has it: what it clones must not be there yet.
#
#	clone.sh URL FOLDER
set -eu

export GIT_SSL_CAINFO="$CA"
trap 'rm -rf "$2"' EXIT
git clone --quiet "$1" "$2"
git -C "$2" log --format='%s %an'
git -C "$2" fetch --quiet
