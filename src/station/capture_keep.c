/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From memory into the store: sealed in idle slices, so that a key never waits for a picture, then attached in one go.
 * Invariant: a material gets all parts of a capture or none.
 */
#include "station/capture_inner.h"

#include "store/desk.h"

#define SLICE_BYTES (96u << 10) /* about 2 ms */

static void
done(struct ym_capturing *c, enum ym_code code, const struct ym_error *err)
{
	for (int i = 0; i < c->n_writers; i++)
		ym_blob_writer_free(YM_TAKE(c->writers[i]));
	c->n_writers = c->n_made = c->at_writer = 0;
	explicit_bzero(c->made, sizeof c->made);
	if (code) {
		ym_capture_failed(c, err);
		return;
	}
	c->is_judging = false;
	c->view.error = (struct ym_error){ 0 };
	ym_buf_release(&c->whole);
	ym_buf_release(&c->cut);
	ym_capture_changed(c);
	ym_station_notify(c->station, YM_NOTICE_VISIT);
}

static bool
seal(void *user)
{
	struct ym_capturing *c = user;
	struct ym_station *s = c->station;
	struct ym_capture_page *page = &c->made[c->n_made];
	struct ym_error err = { 0 };
	enum ym_code code;

	if (ym_blob_writer_step(c->writers[c->at_writer], SLICE_BYTES))
		return true;
	code = ym_blob_writer_store(c->writers[c->at_writer], s->db, page->sm3, page->key, &err);
	if (!code) {
		c->n_made++;
		if (++c->at_writer < c->n_writers)
			return true;
	}
	c->slice = 0;
	if (!code)
		code = ym_visit_keep_pages(s->visit, c->view.material, c->made, c->n_made, c->replaces, &c->source, &err);
	done(c, code, &err);
	return false;
}

void
ym_capture_keep(struct ym_capturing *c, struct ym_buf *data, const char *media, const char *what)
{
	struct ym_capture_page *page = &c->made[c->n_writers];

	*page = (struct ym_capture_page){ 0 };
	ym_strlcpy(page->media, media, sizeof page->media);
	ym_strlcpy(page->what, what, sizeof page->what);
	c->writers[c->n_writers++] = ym_blob_writer_new(data, media);
	if (!c->slice)
		c->slice = ym_loop_add_slice(c->station->loop, "seal", seal, c);
	c->view.phase = YM_PHASE_WORKING;
}

void
ym_capture_keep_stop(struct ym_capturing *c)
{
	if (c->station->loop)
		ym_loop_remove(c->station->loop, c->slice);
	c->slice = 0;
	for (int i = 0; i < c->n_writers; i++)
		ym_blob_writer_free(YM_TAKE(c->writers[i]));
	c->n_writers = 0;
}

/* What was measured and did not hold stands with the picture: whoever decides can read it. */
static void
note_faults(struct ym_capturing *c)
{
	c->note[0] = 0;
	for (int i = 0; i < c->view.n_checks; i++)
		if (!c->view.checks[i].is_good && c->view.checks[i].is_measured) {
			size_t used = strlen(c->note);

			snprintf(c->note + used, sizeof c->note - used, "%s%s", used ? ";" : "相片检查: ", c->view.checks[i].text);
		}
	c->source.note = c->note;
}

enum ym_code
ym_station_capture_accept(struct ym_station *s, struct ym_error *err)
{
	struct ym_capturing *c = s->capturing;
	char what[24];

	if (!c || !c->is_judging || !s->visit)
		return ym_fail(err, YM_STATE, N_("There is no portrait to be taken"), NULL);
	if (c->n_writers || c->job)
		return ym_fail(err, YM_BUSY, N_("The camera is still busy with the last picture"), NULL);
	note_faults(c);
	c->replaces = true;
	snprintf(what, sizeof what, "cut:%.18s", c->view.standard.id);
	ym_capture_keep(c, &c->cut, "image/jpeg", what);
	if (*c->whole_page.sm3) {
		/* used again: stored already; it stands behind the new cut */
		struct ym_capture_page both[2] = { c->made[0], c->whole_page };
		enum ym_code code;

		ym_loop_remove(s->loop, c->slice);
		c->slice = 0;
		code = ym_blob_writer_store(c->writers[0], s->db, both[0].sm3, both[0].key, err);
		if (!code)
			code = ym_visit_keep_pages(s->visit, c->view.material, both, 2, true, &c->source, err);
		done(c, code, err);
		explicit_bzero(both, sizeof both);
		return code;
	}
	ym_capture_keep(c, &c->whole, "image/jpeg", "portrait");
	return YM_OK;
}
