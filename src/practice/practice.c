/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The practice desk: its own folder, a real local yimen-central on a Unix socket, enrolment like any desk, a simulated reader.
 * Not the citizens (hands.c). Invariant: nothing here can reach another address than its own socket.
 */
#include "yimen/practice.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/diag.h"
#include "base/file.h"
#include "catalog/build.h"
#include "central/central.h"
#include "practice/hands.h"
#include "station/edges.h"
#include "sync/sync.h"
#include "yimen/admin.h"

#define PRACTICE_ACCOUNT "wangmin"
#define PRACTICE_PASSWORD "practice"
#define CENTRAL_WAIT_MS 8000

const char *
ym_practice_account(void)
{
	return PRACTICE_ACCOUNT;
}

const char *
ym_practice_password(void)
{
	return PRACTICE_PASSWORD;
}

/* -- the catalogue: the shipped one, or another that is drilled before its day -- */

/* Reads and checks it before anything is made. */
static enum ym_code
read_catalogue(const char *drill, struct ym_buf *data, char ret_version[40], struct ym_error *err)
{
	YM_FREE char *path = drill ? ym_strdup(drill) : ym_file_data("yimen.ympack");
	YM_JSON *whole = NULL;
	const char *doc = NULL;
	size_t n = 0;
	enum ym_code code = ym_file_read(path, YM_SYNC_PACK_MAX, data, err);

	if (!code)
		code = ym_catalog_verify(NULL, ym_buf_str(data), data->len, &doc, &n, err);
	if (!code && drill)
		code = ym_catalog_check_document(doc, n, NULL, NULL, err);
	if (!code)
		code = ym_json_parse(doc, n, "pack", &whole, err);
	if (!code)
		ym_strlcpy(ret_version, ym_json_str(json_object_get(whole, "pack"), "version"), 40);
	return code;
}

/* A desk that is there already has its cases under its own catalogue: it is not given another one before its day. */
static enum ym_code
check_drill(const char *dir, const char *version, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/pack.db", dir);
	struct ym_pack *p = NULL;
	enum ym_code code = ym_pack_open(path, &p, err);

	if (!code && strcmp(ym_pack_version(p), version))
		code = ym_fail_on(err, YM_STATE, N_("This practice folder has another catalogue: name a new one with --dir"), dir, "%s",
			ym_pack_version(p));
	ym_pack_close(p);
	return code;
}

/* -- the central's first day: key, this desk with its code, its people, the catalogue -- */

static enum ym_code
found_central(const char *dir, const struct ym_buf *pack, char ret_code[24], struct ym_error *err)
{
	static const struct {
		const char *account, *name, *posts;
		bool officer;
	} people[] = {
		{ PRACTICE_ACCOUNT, "王敏", "accept,issue,guide", true },
		{ "zhaolei", "赵磊", "accept", false },
		{ "linna", "林娜", "guide", false },
		{ "sunli", "孙莉", "review,supervise", true },
	};
	struct ym_desk_identity who = { .desk = "22019999000003", .epoch = 'A', .station = "220199990000", .station_name = "红旗街派出所",
		.division = "220104", .window = "03", .profile = "practice" };
	YM_FREE char *registers = ym_file_data("registers");
	struct ym_central_options options = { dir, registers, PRACTICE_PASSWORD };
	struct ym_central *c = NULL;
	enum ym_code code = ym_central_init(dir, PRACTICE_PASSWORD, err);

	if (!code)
		code = ym_central_open(&options, &c, err);
	if (!code)
		code = ym_central_add_desk(c, &who, ret_code, err);
	for (size_t i = 0; i < YM_ARRAY_LEN(people) && !code; i++)
		code = ym_central_add_account(c, who.desk, people[i].account, people[i].name, people[i].officer, people[i].posts, err);
	if (!code)
		code = ym_central_add_pack(c, pack->data, pack->len, err);
	ym_central_close(c);
	return code;
}

/* -- the running central -- */

static bool
socket_answers(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	YM_FDCLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ym_strlcpy(address.sun_path, path, sizeof address.sun_path);
	return fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof address);
}

static void
on_central_exit(void *user, pid_t pid, int status)
{
	struct ym_practice *p = user;

	p->central_pid = 0;
	p->central_child = 0;
	ym_diag(YM_DIAG_WARN, "practice", "the practice central ended with %d", status);
}

enum ym_code
ym_practice_start_central(struct ym_practice *p, struct ym_error *err)
{
	YM_FREE char *program = ym_file_helper("yimen-central"), *registers = ym_file_data("registers");
	enum ym_code code;

	if (p->central_pid)
		return YM_OK;
	unlink(p->socket);
	code = ym_loop_spawn(p->loop, "yimen-central",
		(char *[]){ program, (char *)"serve", (char *)"--dir", p->central_dir, (char *)"--socket", p->socket, (char *)"--registers", registers,
			(char *)"--password-file", p->password_file, (char *)"--with-parent", NULL },
		NULL, NULL, -1, on_central_exit, p, &p->central_pid, &p->central_child, err);
	/* once at the start, before there is a screen */
	for (int waited = 0; !code && !socket_answers(p->socket); waited += 20) {
		if (waited > CENTRAL_WAIT_MS)
			return ym_fail(err, YM_TIMEOUT, N_("The practice central does not start"), "socket %s", p->socket);
		poll(NULL, 0, 20);
	}
	return code;
}

void
ym_practice_stop_central(struct ym_practice *p)
{
	if (p->central_pid) {
		kill(p->central_pid, SIGTERM);
		ym_loop_remove(p->loop, p->central_child);
	}
	p->central_pid = 0;
	p->central_child = 0;
}

static void
on_close(void *user)
{
	struct ym_practice *p = user;

	if (p->loop)
		ym_practice_stop_central(p);
	ym_hands_stop(p);
	free(p->dir);
	free(p->central_dir);
	free(p->socket);
	free(p->password_file);
	free(p);
}

static void
on_notice(void *user, enum ym_notice what)
{
	(void)what;
	ym_hands_see_off(&((struct ym_practice *)user)->hands);
}

static enum ym_code
prepare(struct ym_practice *p, const char *drill, struct ym_error *err)
{
	YM_FREE char *desk = ym_asprintf("%s/desk.db", p->dir);
	char code_text[24];
	struct ym_enrol e = { .dir = p->dir, .url = "http://localhost", .socket = p->socket, .code = code_text, .account = PRACTICE_ACCOUNT,
		.password = PRACTICE_PASSWORD, .phone = "0431-00000110", .complaint_phone = "12389", .address = "长春市红旗街(练习)", .practice = true };
	bool is_new = !ym_file_exists(desk);
	YM_BUF pack = { .max = YM_SYNC_PACK_MAX + 1 };
	char version[40] = "";
	enum ym_code code = is_new || drill ? read_catalogue(drill, &pack, version, err) : YM_OK;

	if (!code && !is_new && drill)
		code = check_drill(p->dir, version, err);
	if (!code)
		code = ym_file_mkdirs(p->dir, 0700, err);
	if (!code && is_new) {
		/* a half-made practice is thrown away: nothing in it is real */
		YM_FREE char *old = ym_asprintf("%s/central.db", p->central_dir);

		if (ym_file_exists(old))
			return ym_fail_on(err, YM_STATE, N_("This practice folder is not complete: remove it and start again"), p->dir, NULL);
		code = found_central(p->central_dir, &pack, code_text, err);
		if (!code)
			code = ym_file_write(p->password_file, PRACTICE_PASSWORD "\n", strlen(PRACTICE_PASSWORD) + 1, 0600, err);
	}
	if (!code)
		code = ym_practice_start_central(p, err);
	if (!code && is_new)
		code = ym_station_enrol(&e, err);
	return code;
}

/* Each catalogue that is drilled has a folder of its own beside the usual one. */
static char *
default_dir(const char *drill)
{
	YM_FREE char *usual = ym_station_default_dir(true);
	const char *name = drill ? strrchr(drill, '/') : NULL;

	return drill ? ym_asprintf("%s-%s", usual, name ? name + 1 : drill) : YM_TAKE(usual);
}

enum ym_code
ym_practice_open(struct ym_loop *loop, const char *dir, const char *drill, bool headless, struct ym_station **ret, struct ym_error *err)
{
	struct ym_practice *p = ym_alloc(sizeof *p);
	struct ym_station_options options = { .practice = true, .headless = headless };
	struct ym_station *s = NULL;
	enum ym_code code;

	p->loop = loop;
	p->dir = dir ? ym_strdup(dir) : default_dir(drill);
	p->central_dir = ym_asprintf("%s/central", p->dir);
	p->socket = ym_asprintf("%s/central.sock", p->dir);
	p->password_file = ym_asprintf("%s/central.password", p->dir);
	options.dir = p->dir;
	code = prepare(p, drill, err);
	if (!code)
		code = ym_station_open(loop, &options, &s, err);
	if (code) {
		on_close(p);
		return code;
	}
	p->station = s;
	ym_station_attach(s, p, on_notice, on_close);
	code = headless ? YM_OK : ym_hands_start(p, err);
	if (code) {
		ym_station_close(s);
		return code;
	}
	*ret = s;
	return YM_OK;
}
