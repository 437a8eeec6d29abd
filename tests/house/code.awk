# code(line): a line of C without its comments, and with empty strings and character constants.
# Call it for every line in turn: it remembers whether a comment is still open.
FNR == 1 { comment_is_open = 0 }

function code(line,    out, i, two, character, quote) {
	out = ""
	for (i = 1; i <= length(line); i++) {
		character = substr(line, i, 1)
		two = substr(line, i, 2)
		if (comment_is_open) {
			if (two == "*/") {
				comment_is_open = 0
				i++
			}
		} else if (two == "/*") {
			comment_is_open = 1
			i++
		} else if (two == "//") {
			break
		} else if (character == "\"" || character == "'") {
			quote = character
			out = out quote
			for (i++; i <= length(line) && substr(line, i, 1) != quote; i++)
				if (substr(line, i, 1) == "\\")
					i++
			out = out quote
		} else {
			out = out character
		}
	}
	return out
}

# bad(what): one finding; a rule with findings fails.
function bad(what) {
	print FILENAME ":" FNR ": " what
	failed = 1
}
