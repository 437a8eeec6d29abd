#!/usr/bin/env bash
# Makes the passwords that compose.yaml reads, once: owner, roles and migrate (both together) in docker/secrets.
set -euo pipefail

directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/secrets
[[ ! -e $directory ]] || { echo "$directory is there already; nothing was changed"; exit; }

password() {
	od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# Others can't enter the directory; in the container the files are read by a user of another number.
umask 022
mkdir -m 0700 "$directory"
owner=$(password)
printf '%s' "$owner" >"$directory/owner"
for role in secondlook_app secondlook_gate secondlook_sequencer secondlook_clock secondlook_sealer secondlook_verifier; do
	echo "$role = $(password)"
done >"$directory/roles"
{
	echo "owner = $owner"
	cat "$directory/roles"
} >"$directory/migrate"
echo "made owner, roles and migrate in $directory"
