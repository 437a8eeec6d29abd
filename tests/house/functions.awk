# Counts the lines of functions.
BEGIN { longest = 60 }

FNR == 1 { opened = 0 }

{ text = code($0) }

text ~ /^[a-zA-Z_].*\)[ \t]*\{/ { bad("a function's brace opens in a line of its own") }

text ~ /^\{[ \t]*$/ {
	opened = FNR
	function_count++
}

text ~ /^\}/ && opened {
	if (FNR - opened - 1 > longest)
		bad("the function from line " opened " has " FNR - opened - 1 " lines; " longest " is the limit")
	opened = 0
}

END {
	if (function_count == 0)
		bad("no functions were found")
	exit failed
}
