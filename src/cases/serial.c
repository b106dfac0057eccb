/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The numbers that this desk gives: cases, consultations, tickets. Not who may give one.
 * Invariant: a series has no gaps within its day, because the counter is folded in the commit of the event that used the number.
 */
#include "base/number.h"
#include "cases/inner.h"

void
ym_serial_day(ym_date day, char ret[YM_SERIAL_DAY])
{
	int y, m, d;
	ym_date_split(day, &y, &m, &d);
	snprintf(ret, YM_SERIAL_DAY, "%04u%02u%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
}

enum ym_code
ym_serial_next(struct ym_casework *w, const char *day, const char *kind, int most, const char *none_left, int *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT last FROM view_serial WHERE desk = :desk AND day = :day AND kind = :kind");
	ym_stmt_text(s, ":desk", ym_log_identity(w->log)->desk);
	ym_stmt_text(s, ":day", day);
	ym_stmt_text(s, ":kind", kind);
	enum ym_code rc = ym_stmt_step(s, err);
	int64_t last = rc ? 0 : ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	if (rc && rc != YM_NOTFOUND)
		return rc;
	if (last >= most)
		return ym_fail(err, YM_REFUSED, none_left, "serial");
	*ret = (int)last + 1;
	return YM_OK;
}

void
ym_serial_write(const struct ym_casework *w, const char *prefix, const char *day8, int serial, char ret[40])
{
	const struct ym_desk_identity *id = ym_log_identity(w->log);
	char text[64];
	snprintf(text, sizeof(text), "%.14s%c%.8s%05d", id->desk, id->epoch, day8, serial);
	snprintf(ret, 40, "%.2s%.35s%c", prefix, text, ym_number_mod37_36(text));
}
