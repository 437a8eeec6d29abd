/* The files that travel inside the program: the contract, the operations' SQL, question sets, migrations. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

struct embedded_file {
	const char *path;  /* from the project's root: "api/cases/getCase.sql" */
	const char *start; /* followed by a NUL at `end` */
	const char *end;
};

/* Sorted by path after the first, which is openapi.yaml; ends with a row of NULLs. */
extern const struct embedded_file embedded_files[];

/* By path; NULL when there is none. */
const struct embedded_file *embedded_find(const char *path);

#endif
