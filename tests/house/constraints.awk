# Constraints are named, or named by PostgreSQL after their table, column and kind.
FILENAME == "openapi.yaml" { next }

$1 == "create" && $2 == "table" { table_name = $3 == "if" ? $6 : $3 }
/^\)/ { table_name = "" }

{
	for (i = 1; i < NF; i++) {
		if ($i == "constraint" && $1 != "drop")
			exists[$(i + 1)] = 1
		if ($i == "unique" && $(i + 1) == "index")
			exists[$(i + 2) == "if" ? $(i + 5) : $(i + 2)] = 1
	}
}

table_name != "" && / check \(/ { exists[table_name "_" $1 "_check"] = 1 }
table_name != "" && / references / { exists[table_name "_" $1 "_fkey"] = 1 }
table_name != "" && / unique[ ,]*$/ { exists[table_name "_" $1 "_key"] = 1 }

END {
	for (name in constraint_line) {
		place = "openapi.yaml:" constraint_line[name] ": " name
		if (!(name in exists)) {
			print place " is no constraint of the migrations"
			failed = 1
		}
		if (!(constraint_code[name] in status_of)) {
			print place " has the code " constraint_code[name] ", which is not in x-problems"
			failed = 1
		}
	}
	if (constraint_count == 0 || problem_count == 0) {
		print "no x-constraints or no x-problems were found"
		failed = 1
	}
	exit failed
}
