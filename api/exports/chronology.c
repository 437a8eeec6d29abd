/* Writes the chronology's page. */
#include "api/exports/chronology.h"

#include <string.h>

#include "api/exports/cell.h"

/* Black on white, for paper: A4, the table's head on every page, pages numbered, an entry kept together where it fits. */
static const char style[] =
	"@page{size:A4;margin:16mm 14mm 18mm;@bottom-left{content:'Chronology of a case';font:8pt sans-serif}"
	"@bottom-right{content:'Page ' counter(page) ' of ' counter(pages);font:8pt sans-serif}}"
	"*{box-sizing:border-box}"
	"body{font:11pt/1.4 Arial,Helvetica,'Liberation Sans',sans-serif;color:#000;background:#fff;max-width:60em;margin:1.5em auto;padding:0 1em}"
	"h1{font-size:18pt;line-height:1.2;margin:0 0 .6em}"
	"dl{margin:0}dl.about{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;border:solid #000;border-width:1pt 0;padding:.6em 0;margin:0 0 1em}"
	"dt{font-weight:bold}dd{margin:0;overflow-wrap:anywhere}"
	"p{margin:.5em 0}"
	"table{border-collapse:collapse;width:100%;table-layout:fixed}"
	"th,td{text-align:left;vertical-align:top;border-bottom:.5pt solid #555;padding:.4em .5em .4em 0;overflow-wrap:anywhere}"
	"thead{display:table-header-group}thead th{border-bottom:1.5pt solid #000}"
	"th.n{width:2.6em}th.when{width:9.5em}th.who{width:8em}"
	"tr{break-inside:avoid}tr.long{break-inside:auto}tr.gap{break-after:avoid}"
	"td.gap{text-align:center;font-style:italic;background:#eee;border:solid #555;border-width:.5pt 0}"
	".line{font-size:8.5pt;color:#333}"
	"td dl{display:grid;grid-template-columns:minmax(6em,max-content) 1fr;gap:0 .8em}td dt{font-weight:normal;color:#333}"
	".mark{border:1pt solid #000;padding:0 .3em}"
	"footer{border-top:1pt solid #000;margin-top:1.2em;padding-top:.4em;font-size:9pt}"
	"@media print{body{max-width:none;margin:0;padding:0;font-size:10pt}}";

static void append_about(struct bytes *html, const struct rows *about)
{
	static const char *const lines[][2] = {
		{"Case", "case_name"},	       {"Force", "force_name"},     {"Made for", "purpose_name"}, {"Legal basis", "basis_name"},
		{"Given to", "recipient"},     {"Reason", "reason"},	    {"Made by", "made_by"},	  {"Made", "made"},
		{"Covers", "covers"}};
	size_t length;
	bytes_append_string(html, "<dl class=\"about\">\n");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (!cell_text(about, 0, lines[i][1], &length))
			continue;
		bytes_format(html, "<dt>%s</dt><dd>", lines[i][0]);
		cell_append_html(html, about, 0, lines[i][1]);
		bytes_append_string(html, "</dd>\n");
	}
	bytes_append_string(html, "</dl>\n");
}

void chronology_begin(struct bytes *html, const struct rows *about)
{
	bytes_append_string(html, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
				  "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Chronology of a case</title>\n<style>");
	bytes_append(html, style, sizeof style - 1);
	bytes_append_string(html, "</style>\n</head>\n<body>\n<h1>Chronology of a case</h1>\n");
	append_about(html, about);
	bytes_append_string(html, "<p>In order of when things happened. What was recorded later than it happened says so. "
				  "Times are those of clocks in the United Kingdom. The line number is the entry's place in lines.ndjson, "
				  "where its proof is.</p>\n"
				  "<table>\n<thead><tr><th class=\"n\" scope=\"col\">No.</th><th class=\"when\" scope=\"col\">When</th>"
				  "<th class=\"who\" scope=\"col\">Who</th><th scope=\"col\">What</th></tr></thead>\n<tbody>\n");
}

static void append_gap(struct bytes *html, const struct rows *rows, int row)
{
	bytes_append_string(html, "<tr class=\"gap\"><td class=\"gap\" colspan=\"4\">");
	cell_append_html(html, rows, row, "gap");
	bytes_append_string(html, "</td></tr>\n");
}

static void append_cell(struct bytes *html, const struct rows *rows, int row, const char *name)
{
	bytes_append_string(html, "<td>");
	cell_append_html(html, rows, row, name);
}

static void append_recorded(struct bytes *html, const struct rows *rows, int row)
{
	size_t length;
	if (!cell_text(rows, row, "recorded", &length))
		return;
	bytes_append_string(html, "<br><span class=\"line\">recorded ");
	cell_append_html(html, rows, row, "recorded");
	bytes_append_string(html, "</span>");
}

static void append_member(struct bytes *html, const struct rows *rows, int row)
{
	size_t length;
	bytes_append_string(html, "<dt>");
	cell_append_html(html, rows, row, "label");
	bytes_append_string(html, "</dt><dd>");
	if (cell_text(rows, row, "mark", &length)) {
		bytes_append_string(html, "<span class=\"mark\">");
		cell_append_html(html, rows, row, "mark");
		bytes_append_string(html, "</span>");
	} else {
		cell_append_html(html, rows, row, "value");
	}
	bytes_append_string(html, "</dd>\n");
}

static size_t value_length(const struct rows *rows, int row)
{
	size_t length = 0;
	return cell_text(rows, row, "value", &length) ? length : 0;
}

enum { LONG_TEXT = 1500 }; /* more than fits beside others on a page: may be broken */

/* An entry: its first row's cells, and a member for each row. */
static void append_entry(struct bytes *html, const struct rows *rows, int first, int past)
{
	size_t length, told = 0;
	for (int row = first; row < past; row++)
		told += value_length(rows, row);
	bytes_append_string(html, told > LONG_TEXT ? "<tr class=\"long\">" : "<tr>");
	append_cell(html, rows, first, "number");
	bytes_append_string(html, "</td>");
	append_cell(html, rows, first, "moment");
	append_recorded(html, rows, first);
	bytes_append_string(html, "</td>");
	append_cell(html, rows, first, "actor");
	bytes_append_string(html, "</td><td><strong>");
	cell_append_html(html, rows, first, "title");
	bytes_append_string(html, "</strong> <span class=\"line\">line ");
	cell_append_html(html, rows, first, "line");
	bytes_append_string(html, "</span>\n");
	if (cell_text(rows, first, "label", &length)) {
		bytes_append_string(html, "<dl>\n");
		for (int row = first; row < past; row++)
			append_member(html, rows, row);
		bytes_append_string(html, "</dl>\n");
	}
	bytes_append_string(html, "</td></tr>\n");
}

static bool same_entry(const struct rows *rows, int row, const char *number, size_t number_length)
{
	size_t length;
	const char *text = cell_text(rows, row, "number", &length);
	return text && length == number_length && memcmp(text, number, length) == 0;
}

void chronology_rows(struct bytes *html, const struct rows *rows)
{
	for (int row = 0; row < rows->count && !html->failed;) {
		char number[24];
		size_t length;
		int past = row + 1;
		if (cell_text(rows, row, "gap", &length))
			append_gap(html, rows, row);
		const char *text = cell_text(rows, row, "number", &length);
		length = text && length < sizeof number ? length : 0;
		memcpy(number, text ? text : "", length);
		while (past < rows->count && same_entry(rows, past, number, length))
			past++;
		append_entry(html, rows, row, past);
		row = past;
	}
}

void chronology_end(struct bytes *html)
{
	bytes_append_string(html, "</tbody>\n</table>\n<footer>“Withheld” was left out of this copy; “erased” is no longer held by anyone. Of both the ledger "
				  "keeps a fingerprint, so that leaving them out changes no proof. To check this bundle: "
				  "secondlook ledger verify, with the file it came in.</footer>\n</body>\n</html>\n");
}
