#!/usr/bin/env bash
# Makes the passwords that compose.yaml reads, once: docker/secrets/owner and docker/secrets/roles.
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
{
	echo "owner = $owner"
	for role in secondlook_app secondlook_gate secondlook_sequencer; do
		echo "$role = $(password)"
	done
} >"$directory/roles"
echo "made $directory/owner and $directory/roles"
