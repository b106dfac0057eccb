/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-paper [--out=FILE]: a resolved paper document (JSON, src/paper/paper.h) on standard input, a PDF on standard output, or in FILE
 * and "written" or "unwritten" on standard output.
 * A program of its own because pango, cairo and font loading are heavy and may block. Not a viewer, not a print queue.
 * Invariant: no file is written but FILE, whole or not at all; on any other error the exit status is not 0 and stdout holds no complete PDF.
 */
#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <locale.h>

#include "base/file.h"
#include "base/json.h"
#include "crypt/crypt.h"
#include "paper_block.h"

#define DOCUMENT_MAX (4u << 20)

static const char *const families[] = { "Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC",
	"AR PL UMing CN", "WenQuanYi Zen Hei" };

static void
whole(struct paper_page *p, const json_t *document)
{
	const json_t *blocks = json_object_get(document, "blocks");

	p->n_pages = 0;
	paper_page_next(p);
	for (size_t i = 0; i < json_array_size(blocks); i++)
		paper_block_draw(p, json_array_get(blocks, i));
}

/* The open CJK font this machine has; NULL when none, and then no paper can be made. */
static const char *
find_family(void)
{
	PangoFontFamily **all;
	int n;
	const char *found = NULL;

	pango_font_map_list_families(pango_cairo_font_map_get_default(), &all, &n);
	for (size_t want = 0; want < YM_ARRAY_LEN(families) && !found; want++)
		for (int i = 0; i < n && !found; i++)
			if (ym_streq(pango_font_family_get_name(all[i]), families[want]))
				found = families[want];
	g_free(all);
	return found;
}

static cairo_status_t
collect(void *user, const unsigned char *data, unsigned n)
{
	struct ym_buf *out = user;

	ym_buf_add(out, data, n);
	return out->overflow ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static bool
render(const json_t *document, const char *family, struct ym_buf *out)
{
	bool receipt = ym_streq(ym_json_str(document, "size"), "receipt");
	struct paper_page p = {
		.family = family, .is_receipt = receipt, .practice = ym_json_bool(document, "practice", false),
		.width = receipt ? PAPER_MM(80) : PAPER_MM(210), .height = receipt ? PAPER_MM(3000) : PAPER_MM(297), .margin = receipt ? PAPER_MM(4) : PAPER_MM(20),
		.size = receipt ? 9 : 10.5, .reprint = (int)ym_json_int(document, "reprint", 0),
		.strokes = json_object_get(document, "strokes"),
	};
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, out, p.width, p.height);
	cairo_status_t status;

	p.x = p.margin;
	p.inner = p.width - 2 * p.margin;
	p.cr = cairo_create(surface);
	p.pango = pango_cairo_create_context(p.cr);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, ym_json_str(document, "title"));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "yimen " YM_VERSION);
	if (receipt) { /* a roll has the length of its content */
		p.measuring = true;
		whole(&p, document);
		p.measuring = false;
		p.height = p.y + p.margin * 2;
		cairo_pdf_surface_set_size(surface, p.width, p.height);
	}
	whole(&p, document);
	cairo_show_page(p.cr);
	cairo_surface_finish(surface);
	status = cairo_surface_status(surface);
	g_object_unref(p.pango);
	cairo_destroy(p.cr);
	cairo_surface_destroy(surface);
	return status == CAIRO_STATUS_SUCCESS && !out->overflow;
}

static int
fail(const char *what, const struct ym_error *err)
{
	fprintf(stderr, "yimen-paper: %s%s%s\n", what, err && err->msgid ? ": " : "", err && err->msgid ? err->msgid : "");
	return 1;
}

#ifdef __SANITIZE_ADDRESS__
/* What the libraries keep for ever. To make them give it back at the end is no way: pango has a thread of its own, and cairo aborts
 * now and then over a font that it still holds. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libcairo\nleak:libfontconfig";
}

const char *__lsan_default_options(void);
const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif

static int
run(int argc, char **argv)
{
	YM_BUF in = { .max = DOCUMENT_MAX };
	YM_BUF out = { .max = 64u << 20 };
	YM_JSON *document = NULL;
	struct ym_error err = { 0 };
	const char *family, *path = argc > 1 && !strncmp(argv[1], "--out=", 6) ? argv[1] + 6 : NULL;

	family = find_family();
	if (!family)
		return fail("no open Chinese font is installed (Debian: fonts-noto-cjk)", NULL);
	if (argc > 1 && ym_streq(argv[1], "--font")) {
		puts(family);
		return 0;
	}
	if (ym_fd_read_all(STDIN_FILENO, DOCUMENT_MAX, &in, &err))
		return fail("cannot read the document", &err);
	if (ym_json_parse(ym_buf_str(&in), in.len, "document", &document, &err))
		return fail("the document is not valid", &err);
	if (!json_is_array(json_object_get(document, "blocks")))
		return fail("the document has no blocks", NULL);
	if (!render(document, family, &out))
		return fail("the paper could not be drawn", NULL);
	if (path) {
		bool is_written = !ym_file_write(path, out.data, out.len, 0600, &err);

		if (!is_written)
			fail("cannot write the paper", &err);
		puts(is_written ? "written" : "unwritten");
		return fflush(stdout) != 0;
	}
	if (ym_fd_write_all(STDOUT_FILENO, out.data, out.len, &err))
		return fail("cannot write the paper", &err);
	return 0;
}

int
main(int argc, char **argv)
{
	ym_crypt_harden();
	setlocale(LC_ALL, "C.UTF-8");
	return run(argc, argv);
}
