# Calls of banned functions.
BEGIN {
	text_functions = "strcpy stpcpy strcat strncpy strncat sprintf vsprintf gets strtok alloca"
	other_functions = "atoi atol atoll atof system popen gmtime localtime ctime asctime rand srand tmpnam mktemp"
	count = split(text_functions " " other_functions, banned, " ")
	# Numbers that somebody else has checked by then: the contract a query's limit, the SQL files' own status and count.
	allowed["cmd/secondlook/request_check.c atoi"] = 1
	allowed["cmd/secondlook/request_rows.c atoi"] = 1
	allowed["cmd/secondlook/request_rows.c atoll"] = 1
}

{ text = code($0) }

text ~ /\(/ {
	for (i = 1; i <= count; i++)
		if (text ~ ("(^|[^a-zA-Z0-9_>.])" banned[i] "[ \t]*\\(") && !((FILENAME " " banned[i]) in allowed))
			bad(banned[i] " is banned; tests/house/banned says what to use instead")
}

END {
	if (NR == 0)
		bad("no sources were found")
	exit failed
}
