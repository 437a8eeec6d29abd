# Each #include, against what its file's folder may include.
BEGIN {
	below["base"] = " base "
	below["loop"] = " base loop "
	for (i = split("http db ledger contract render", peers, " "); i > 0; i--)
		below[peers[i]] = " base loop " peers[i] " "
	owner["microhttpd"] = "lib/http/"
	owner["gnutls"] = "lib/http/"
	owner["libpq-fe"] = "lib/db/"
}

FNR == 1 { split(FILENAME, part, "/") }

function is_there(path) {
	if (!(path in known))
		known[path] = system("test -f " path) == 0
	return known[path]
}

function beside(target,    folder) {
	folder = FILENAME
	sub(/[^\/]*$/, "", folder)
	return is_there(folder target)
}

function check_library(target) {
	sub(/\/.*/, "", target)
	if (!(part[2] in below))
		bad("lib/" part[2] " has no place among the arrows of tests/house/arrows.awk")
	else if (index(below[part[2]], " " target " ") == 0)
		bad("lib/" part[2] " may not include " target)
}

{ text = code($0) }

text ~ /^[ \t]*#[ \t]*include/ {
	split($0, piece, /[<">]/)
	target = piece[2]
	library = target
	sub(/[\/.].*/, "", library)
	if ((library in owner) && index(FILENAME, owner[library]) != 1)
		bad("only " owner[library] " may include " target)
	if (target ~ /\.\./ || target ~ /^(tests|support)\//)
		bad("nothing outside the tests may include " target)
	else if (text ~ /</)
		next
	else if (part[1] == "lib")
		check_library(target)
	else if (part[1] == "api" && !beside(target) && !is_there("lib/" target) && !(target ~ /^api\// && is_there(target)))
		bad("api may include api and lib, not " target)
}

END {
	if (NR == 0)
		bad("no sources were found")
	exit failed
}
