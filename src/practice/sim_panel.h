/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The far ends of the practice evaluator, queue display and signature pad, behind pseudo-terminals, speaking as the practice
 * profiles in data/profiles say. Not the devices' drivers. Invariant: a grade or a signature gets in only over the line.
 */
#pragma once

#include "device/profile.h"
#include "practice/sim_line.h"

/* One of the three. It knows that it was asked, as a lamp on it would show. */
struct ym_sim_panel {
	struct ym_sim_line line;
	struct ym_profile profile;
	bool is_asked;
	int press_next;            /* evaluator: a finger that waits for the lamp; 0 none */
	struct ym_buf heard;       /* display: what is shown; others: the last bytes */
	/* pad: what is still to be drawn */
	ym_source pen;
	struct ym_stroke_point *points;
	size_t n_points, drawn;
	size_t unplug_at;          /* after so many points the plug is pulled; 0: not */
};

/* Storage is the caller's; zero it before. */
enum ym_code ym_sim_panel_open(struct ym_sim_panel *p, struct ym_loop *loop, const char *link, const char *profile, enum ym_device_role role,
	struct ym_error *err) YM_MUST;
void ym_sim_panel_close(struct ym_sim_panel *p); /* accepts a zeroed one */
/* Evaluator: a key is pressed, whether somebody asked or not. Grades as the profile has them. */
void ym_sim_panel_press(struct ym_sim_panel *p, int grade);
/* Pad: somebody signs; a point every few milliseconds. Points are copied. */
void ym_sim_panel_draw(struct ym_sim_panel *p, const struct ym_stroke_point *points, size_t n);
/* A signature that is nobody's: two characters' worth of strokes in the pad's range. */
size_t ym_sim_panel_scribble(const struct ym_sim_panel *p, struct ym_stroke_point *ret, size_t max);
/* Display: what it shows, as UTF-8 without the framing; empty before the first call. */
void ym_sim_panel_shown(const struct ym_sim_panel *p, char *ret, size_t size);
