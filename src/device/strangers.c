/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Keyboards that nobody named (strangers.h).
 */
#include "device/strangers.h"

#include "base/mem.h"

void
ym_strangers_init(struct ym_strangers *s, struct ym_loop *loop, void (*on_taught)(void *user, const struct ym_stranger *it), void *user)
{
	*s = (struct ym_strangers){.loop = loop, .taught = -1, .on_taught = on_taught, .user = user};
}

static void
stop_teaching(struct ym_strangers *s)
{
#ifdef YM_HAVE_LIBEVDEV
	ym_teach_free(YM_TAKE(s->teach));
#endif
	ym_loop_remove(s->loop, s->taught_timer);
	s->taught_timer = 0;
	s->taught = -1;
	for (int i = s->n - 1; i >= 0; i--)
		if (!s->list[i].syspath)
			s->list[i] = s->list[--s->n];
}

void
ym_strangers_release(struct ym_strangers *s)
{
	stop_teaching(s);
	for (int i = 0; i < s->n; i++)
		free(s->list[i].syspath);
}

static struct ym_stranger *
find(struct ym_strangers *s, const char *syspath)
{
	for (int i = 0; i < s->n; i++)
		if (ym_streq(s->list[i].syspath, syspath))
			return &s->list[i];
	return NULL;
}

void
ym_strangers_meet(struct ym_strangers *s, const struct ym_watch_device *d)
{
	struct ym_stranger *t;

	if (find(s, d->syspath) || s->n == YM_TEACH_MAX || !d->node[0])
		return;
	t = &s->list[s->n++];
	*t = (struct ym_stranger){.syspath = ym_strdup(d->syspath)};
	ym_strlcpy(t->node, d->node, sizeof t->node);
	ym_strlcpy(t->vid, d->vid, sizeof t->vid);
	ym_strlcpy(t->pid, d->pid, sizeof t->pid);
	ym_strlcpy(t->serial, d->serial, sizeof t->serial);
	ym_strlcpy(t->path, d->path, sizeof t->path);
#ifdef YM_HAVE_LIBEVDEV
	if (s->teach) /* plugged in because the screen said so */
		ym_teach_add(s->teach, (int)(t - s->list), t->node);
#endif
}

void
ym_strangers_part(struct ym_strangers *s, const char *syspath)
{
	struct ym_stranger *t = find(s, syspath);

	if (!t)
		return;
	free(YM_TAKE(t->syspath));
	if (!s->teach)
		*t = s->list[--s->n];
}

#ifdef YM_HAVE_LIBEVDEV
static void
on_taught_timer(void *user)
{
	struct ym_strangers *s = user;
	struct ym_stranger it = s->list[s->taught];
	YM_FREE char *syspath = ym_strdup(it.syspath);

	s->taught_timer = 0;
	it.syspath = syspath;
	stop_teaching(s);
	s->on_taught(s->user, &it);
}

static void
on_taught(void *user, int index)
{
	struct ym_strangers *s = user;

	s->taught = index;
	s->taught_timer = ym_loop_add_timer(s->loop, "teach", 0, on_taught_timer, s);
}
#endif

enum ym_code
ym_strangers_teach(struct ym_strangers *s, const char *code, struct ym_error *err)
{
	stop_teaching(s);
	if (!code)
		return YM_OK;
#ifdef YM_HAVE_LIBEVDEV
	int n = 0;

	s->teach = ym_teach_new(s->loop, code, on_taught, s);
	for (int i = 0; i < s->n; i++)
		n += s->list[i].syspath && ym_teach_add(s->teach, i, s->list[i].node);
	if (n || !s->n)
		return YM_OK; /* without any it waits for one to be plugged in */
	stop_teaching(s);
	return ym_fail(err, YM_REFUSED, N_("This account may not listen to keyboards: maintenance adds it to the group input"), "no node opens");
#else
	return ym_fail(err, YM_REFUSED, N_("This installation cannot take scanners that act as keyboards: set the scanner to serial mode"),
		"no libevdev");
#endif
}
