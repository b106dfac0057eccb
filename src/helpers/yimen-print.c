/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-print: A4 printers through CUPS. A program of its own because libcups may block for minutes.
 *
 *   yimen-print list           one line a queue: NAME <tab> STATE <tab> REASONS <tab> INFO, the default one marked by "*" before NAME
 *   yimen-print send DEST TITLE
 *                              a PDF on standard input to a queue or an ipp:// or ipps:// address; then the job is followed:
 *                              "job ID", "state WORD REASONS" at each change, and one last word: completed, aborted, canceled,
 *                              unknown (nobody can tell), refused (the printer takes none now), noprinter. Exit status 0 after a last word.
 *
 * The title is a paper's number: no personal data. Not a spool: who asked keeps the paper until "completed".
 * Invariant: "completed" is the printer's or queue's own word.
 */
#include <cups/cups.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define PDF_MAX (64u << 20)
#define CONNECT_MS 10000
#define LOOK_MS 250        /* so long as a paper usually takes */
#define LOOK_LATER_MS 1000 /* then somebody has to see to the printer */
#define SOON_MS 5000
#define GIVE_UP_MS (30 * 60 * 1000)
#define SILENT_MS (30 * 1000)

static volatile sig_atomic_t is_over;

static void
on_term(int signo)
{
	(void)signo;
	is_over = 1;
}

static int
say(const char *word)
{
	puts(word);
	fflush(stdout);
	return 0;
}

static const char *
option(const cups_dest_t *dest, const char *name)
{
	const char *v = cupsGetOption(name, dest->num_options, dest->options);

	return v ? v : "";
}

/* A tab or a line end in a queue's description would be read as ours. */
static void
put_clean(const char *s)
{
	for (; *s; s++)
		putchar((unsigned char)*s < 0x20 ? ' ' : *s);
}

static int
list(void)
{
	static const char *const states[] = { [3] = "idle", [4] = "processing", [5] = "stopped" };
	cups_dest_t *dests = NULL;
	int n = cupsGetDests2(CUPS_HTTP_DEFAULT, &dests);

	for (int i = 0; i < n; i++) {
		int state = atoi(option(&dests[i], "printer-state"));

		printf("%s%s\t%s\t", dests[i].is_default ? "*" : "", dests[i].name, state >= 3 && state <= 5 ? states[state] : "unknown");
		put_clean(option(&dests[i], "printer-state-reasons"));
		putchar('\t');
		put_clean(option(&dests[i], "printer-info"));
		putchar('\n');
	}
	cupsFreeDests(n, dests);
	return 0;
}

static cups_dest_t *
dest_of(const char *name)
{
	if (!strncmp(name, "ipp://", 6) || !strncmp(name, "ipps://", 7))
		return cupsGetDestWithURI("yimen", name);
	return cupsGetNamedDest(CUPS_HTTP_DEFAULT, name, NULL);
}

static bool
send_document(http_t *http, cups_dest_t *dest, cups_dinfo_t *info, int job, const char *title, const struct ym_buf *pdf)
{
	http_status_t status = cupsStartDestDocument(http, dest, info, job, title, CUPS_FORMAT_PDF, 0, NULL, 1);

	for (size_t at = 0; status == HTTP_STATUS_CONTINUE && at < pdf->len; at += 65536)
		status = cupsWriteRequestData(http, pdf->data + at, pdf->len - at < 65536 ? pdf->len - at : 65536);
	return status == HTTP_STATUS_CONTINUE && cupsFinishDestDocument(http, dest, info) <= IPP_STATUS_OK_EVENTS_COMPLETE;
}

/* The job's state and the printer's reasons, asked of the printer itself or of the queue. */
static ipp_t *
ask(http_t *http, const char *resource, const char *uri, ipp_op_t op, int job, const char *attributes[], int n)
{
	ipp_t *request = ippNewRequest(op);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	if (job)
		ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, cupsUser());
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", n, NULL, (const char *const *)attributes);
	return cupsDoRequest(http, request, resource);
}

static void
reasons_of(ipp_t *answer, const char *name, char *ret, size_t size)
{
	ipp_attribute_t *a = answer ? ippFindAttribute(answer, name, IPP_TAG_KEYWORD) : NULL;

	ret[0] = 0;
	for (int i = 0; a && i < ippGetCount(a); i++) {
		size_t used = strlen(ret);

		snprintf(ret + used, size - used, "%s%s", used ? "," : "", ippGetString(a, i, NULL));
	}
}

static int
follow(http_t *http, const char *resource, const char *uri, int job)
{
	static const char *words[] = { [IPP_JSTATE_PENDING] = "pending", [IPP_JSTATE_HELD] = "held", [IPP_JSTATE_PROCESSING] = "processing",
		[IPP_JSTATE_STOPPED] = "stopped", [IPP_JSTATE_CANCELED] = "canceled", [IPP_JSTATE_ABORTED] = "aborted", [IPP_JSTATE_COMPLETED] = "completed" };
	const char *of_job[] = { "job-state", "job-state-reasons" }, *of_printer[] = { "printer-state", "printer-state-reasons" };
	struct pollfd listener = { .fd = STDOUT_FILENO };
	char last[1024] = "";

	for (int waited = 0, silent = 0; waited < GIVE_UP_MS && silent < SILENT_MS;) {
		int look_ms = waited < SOON_MS ? LOOK_MS : LOOK_LATER_MS;
		ipp_t *answer = ask(http, resource, uri, IPP_OP_GET_JOB_ATTRIBUTES, job, of_job, 2);
		ipp_attribute_t *state = answer ? ippFindAttribute(answer, "job-state", IPP_TAG_ENUM) : NULL;
		int now = state ? ippGetInteger(state, 0) : 0;
		char reasons[400], line[1024];
		ipp_t *printer;

		ippDelete(answer);
		if (is_over)
			return say("unknown");
		if (now == IPP_JSTATE_COMPLETED || now == IPP_JSTATE_ABORTED || now == IPP_JSTATE_CANCELED)
			return say(words[now]);
		silent = now ? 0 : silent + look_ms;
		printer = ask(http, resource, uri, IPP_OP_GET_PRINTER_ATTRIBUTES, 0, of_printer, 2);
		reasons_of(printer, "printer-state-reasons", reasons, sizeof reasons);
		ippDelete(printer);
		snprintf(line, sizeof line, "state %s %s", now >= IPP_JSTATE_PENDING && now <= IPP_JSTATE_COMPLETED ? words[now] : "silent", now ? reasons : "connecting");
		if (strcmp(line, last))
			say(line);
		snprintf(last, sizeof last, "%s", line);
		if (poll(&listener, 1, look_ms) > 0)
			return 0; /* who asked is gone */
		waited += look_ms;
	}
	return say("unknown");
}

static int
send_to(cups_dest_t *dest, const char *title, const struct ym_buf *pdf)
{
	const char *uri = option(dest, "device-uri");
	bool is_direct = !strncmp(uri, "ipp", 3) && !*option(dest, "printer-uri-supported");
	char resource[256], queue_uri[512];
	cups_option_t *options = NULL;
	cups_dinfo_t *info;
	http_t *http = cupsConnectDest(dest, is_direct ? CUPS_DEST_FLAGS_DEVICE : CUPS_DEST_FLAGS_NONE, CONNECT_MS, NULL, resource, sizeof resource, NULL, NULL);
	int n = 0, job = 0, status;

	if (!http)
		return say("noprinter");
	info = cupsCopyDestInfo(http, dest);
	if (!info) {
		httpClose(http);
		return say("noprinter");
	}
	if (cupsCheckDestSupported(http, dest, info, CUPS_MEDIA, CUPS_MEDIA_A4))
		n = cupsAddOption(CUPS_MEDIA, CUPS_MEDIA_A4, n, &options);
	if (cupsCreateDestJob(http, dest, info, &job, title, n, options) > IPP_STATUS_OK_EVENTS_COMPLETE) {
		status = say("refused");
	} else if (!send_document(http, dest, info, job, title, pdf)) {
		cupsCancelDestJob(http, dest, job);
		status = say("aborted");
	} else {
		printf("job %d\n", job);
		fflush(stdout);
		snprintf(queue_uri, sizeof queue_uri, "%s", is_direct ? uri : option(dest, "printer-uri-supported"));
		status = follow(http, resource, queue_uri, job);
	}
	cupsFreeOptions(n, options);
	cupsFreeDestInfo(info);
	httpClose(http);
	return status;
}

int
main(int argc, char **argv)
{
	YM_BUF pdf = { .max = PDF_MAX };
	cups_dest_t *dest;
	int status;

	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && !strcmp(argv[1], "list"))
		return list();
	if (argc != 4 || strcmp(argv[1], "send")) {
		fputs("yimen-print: list | send DEST TITLE < PDF\n", stderr);
		return 2;
	}
	if (ym_fd_read_all(0, PDF_MAX, &pdf, NULL) || pdf.len < 8 || memcmp(pdf.data, "%PDF-", 5)) {
		fputs("yimen-print: no PDF on standard input\n", stderr);
		return 1;
	}
	dest = *argv[2] ? dest_of(argv[2]) : NULL;
	if (!dest)
		return say("noprinter");
	status = send_to(dest, argv[3], &pdf);
	cupsFreeDests(1, dest);
	return status;
}
