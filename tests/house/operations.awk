# The files of SQL come as a list, after the contract.
FILENAME == "openapi.yaml" { next }

{
	split($0, part, "/")
	operation = part[3]
	sub(/\.sql$/, "", operation)
	has_file[operation] = 1
	file_count++
}

!(operation in operation_line) {
	print $0 ": no operation of openapi.yaml has this name"
	failed = 1
	next
}

$0 != "api/" resource_of[operation] "/" operation ".sql" {
	print $0 ": belongs into api/" resource_of[operation] "/, by the operation's tag"
	failed = 1
}

END {
	for (operation in operation_line)
		if (!(operation in has_file)) {
			print "openapi.yaml:" operation_line[operation] ": " operation " has no file api/" \
				resource_of[operation] "/" operation ".sql"
			failed = 1
		}
	if (operation_count == 0 || file_count == 0) {
		print "no operations or no files were found"
		failed = 1
	}
	exit failed
}
