# SQL:  refuse('SL409', 'not_possible', …); the code may be one of a case expression, in this line or the next.
# lib/http:  struct http_fault …  = {431, "headers_too_large"}.
# cmd:  every text of words_like_this in the files of the request's way, but for the names of log events; and any text
#       given to request_problem_code or a member `code`.
FILENAME == "openapi.yaml" { next }

function bad(what) {
	print FILENAME ":" FNR ": " what
	failed = 1
}

function check(code, status) {
	answered[code] = 1
	use_count++
	if (!(code in status_of))
		bad("the problem " code " is not in x-problems")
	else if (status && status_of[code] != status)
		bad("the problem " code " is raised with " status ", but x-problems says " status_of[code])
}

# Each 'word' of the text, quoted as given, that is neither a SQLSTATE of ours nor an argument of an operator.
function check_words(text, status, pattern,    word) {
	while (match(text, pattern)) {
		word = substr(text, RSTART + 1, RLENGTH - 2)
		text = substr(text, RSTART + RLENGTH)
		check(word, status)
	}
}

FILENAME ~ /\.sql$/ {
	sub(/^ *--.*/, "")
	text = $0
	while (match(text, /refuse\('SL[0-9]+', */)) {
		status = substr(text, RSTART + 10, 3)
		text = substr(text, RSTART + RLENGTH)
		if (status == "200")
			continue
		if (text ~ /^case /) {
			open_case = status
			break
		}
		if (match(text, /^'[a-z_]+'/))
			check(substr(text, 2, RLENGTH - 2), status)
		else
			bad("the problem's code is not a plain text")
	}
	if (open_case) {
		rest = $0
		while (match(rest, /(then|else) '[a-z_]+'/)) {
			word = substr(rest, RSTART + 6, RLENGTH - 7)
			rest = substr(rest, RSTART + RLENGTH)
			check(word, open_case)
		}
		if ($0 ~ / end[ ,)]/)
			open_case = ""
	}
	next
}

FILENAME ~ /guard\.c$/ {
	if (match($0, /http_fault_[a-z_]+ = \{[0-9]+, "[a-z_]+"\}/)) {
		split(substr($0, RSTART, RLENGTH), part, /[{,"]/)
		check(part[4], part[2])
	}
	next
}

{
	gsub(/json_object_get\([a-z_]+, "[a-z_]+"\)/, "")
	sub(/log_[a-z]+\([A-Z_]+, "[a-z_.]+"/, "")
	if ($0 ~ /problem_code\(|documents_refuse\(|[.>]code = |^\t\{"[0-9A-Z]+", "/)
		check_words($0, "", "\"[a-z_]+\"")
	else
		check_words($0, "", "\"[a-z]+_[a-z_]+\"")
}

END {
	for (code in constraint_code)
		answered[constraint_code[code]] = 1
	for (code in status_of)
		if (!(code in answered)) {
			print "openapi.yaml: the problem " code " is answered by nothing"
			failed = 1
		}
	if (problem_count == 0 || use_count == 0) {
		print "no x-problems, or no uses of them, were found"
		failed = 1
	}
	exit failed
}
