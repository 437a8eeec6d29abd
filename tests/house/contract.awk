# Reads openapi.yaml, the first file of a rule, line by line: it's written with one row of x-problems and x-constraints,
# one operationId and one list of tags a line. A rule checks that it found some, so another manner of writing shows.
#
# status_of[code], constraint_code[name] and constraint_line[name], resource_of[operation] and operation_line[operation].
FNR == 1 { table = "" }
FILENAME == "openapi.yaml" && /^[^ #]/ { table = $1 }
FILENAME == "openapi.yaml" && table == "x-problems:" && /^  [a-z_]+:/ {
	match($0, /status: [0-9]+/)
	status_of[substr($1, 1, length($1) - 1)] = substr($0, RSTART + 8, RLENGTH - 8)
	problem_count++
}
FILENAME == "openapi.yaml" && table == "x-constraints:" && /^  [a-z_]+:/ {
	name = substr($1, 1, length($1) - 1)
	match($0, /code: [a-z_]+/)
	constraint_code[name] = substr($0, RSTART + 6, RLENGTH - 6)
	constraint_line[name] = FNR
	constraint_count++
}
FILENAME == "openapi.yaml" && table == "paths:" && $1 == "operationId:" {
	operation = $2
	operation_line[operation] = FNR
	operation_count++
}
FILENAME == "openapi.yaml" && table == "paths:" && $1 == "tags:" {
	match($0, /\[[a-z-]+/)
	resource_of[operation] = substr($0, RSTART + 1, RLENGTH - 1)
}
