#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# campaign.sh PROGRAM SEEDS FOLDER [SECONDS]: one libFuzzer target for a minute. What it finds stays in FOLDER:
# corpus/ for new paths, and the input of a crash, which belongs into SEEDS once the bug is mended.
set -eu
program=$1 seeds=$2 folder=$3 seconds=${4:-60}
mkdir -p "$folder/corpus"
echo 1..1
if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
	-artifact_prefix="$folder/" "$folder/corpus" "$seeds" >"$folder/log" 2>&1; then
	sed -n 's/^stat::number_of_executed_units: */# inputs tried: /p' "$folder/log"
	echo "ok 1 - $seconds seconds without a fault"
else
	echo "not ok 1 - a fault; the input is in the build folder"
	sed -n '/ERROR:/,/^$/p; /SUMMARY:/p; /^artifact_prefix/p' "$folder/log" | head -n 40 | sed 's/^/# /'
	exit 1
fi
