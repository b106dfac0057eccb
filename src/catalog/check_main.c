/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-catalog-build: checks a data folder, makes pack files, tries the finder. For those who write the catalogue and for
 * the build; it is not installed. Invariant: exit 0 only when there was no error.
 */
#include <ftw.h>
#include <time.h>

#include "base/file.h"
#include "catalog/build.h"

static void
print_problem(void *user, const struct ym_problem *p)
{
	bool *quiet = user;

	if (*quiet && !p->is_error)
		return;
	fprintf(stderr, "%s:%d: %s: %s%s%s\n", p->file[0] ? p->file : "pack", p->line,
		p->is_error ? "error" : "warning", p->where, p->where[0] ? ": " : "", p->text);
}

static int
report(const struct ym_error *err)
{
	fprintf(stderr, "yimen-catalog-build: %s%s%s\n", err->msgid, err->subject[0] ? ": " : "",
		err->subject);
	return 1;
}

static int
check(const char *dir, bool quiet)
{
	struct ym_error err = { 0 };

	if (ym_catalog_check(dir, print_problem, &quiet, &err)) {
		fprintf(stderr, "%s\n", err.detail);
		return report(&err);
	}
	return 0;
}

static enum ym_code
read_key(const char *path, struct ym_sm2 **ret, struct ym_error *err)
{
	YM_BUF der = { 0 };
	enum ym_code code = ym_file_read(path, 4096, &der, err);

	return code ? code : ym_sm2_from_private_der(der.data, der.len, ret, err);
}

/* Ninja looks at a depfile to know when to build again; a folder stands for files that are added to it. */
static FILE *depfile;

static int
add_dependency(const char *path, const struct stat *st, int type, struct FTW *at)
{
	if (type == FTW_F || type == FTW_D)
		fprintf(depfile, " \\\n %s", path);
	return 0;
}

static bool
write_depfile(const char *path, const char *out, const char *dir)
{
	static const char *const folders[] = { "pack.json", "vocabulary", "tables", "calendar",
		"catalog", "bundles", "papers" };

	depfile = fopen(path, "w");
	if (!depfile)
		return false;
	fprintf(depfile, "%s:", out);
	for (size_t i = 0; i < YM_ARRAY_LEN(folders); i++) {
		YM_FREE char *name = ym_asprintf("%s/%s", dir, folders[i]);

		nftw(name, add_dependency, 8, FTW_PHYS);
	}
	fputc('\n', depfile);
	return fclose(depfile) == 0;
}

static int
build(const char *dir, const char *out, const char *extra, const char *key_path)
{
	struct ym_error err = { 0 };
	YM_BUF doc = { 0 };
	YM_BUF envelope = { 0 };
	YM_SM2 *key = NULL;
	bool quiet = true;

	if (key_path && read_key(key_path, &key, &err))
		return report(&err);
	if (ym_catalog_bundle_up(dir, extra, print_problem, &quiet, &doc, &err))
		return report(&err);
	ym_catalog_sign(key, doc.data, doc.len, &envelope);
	if (ym_file_write(out, envelope.data, envelope.len, 0644, &err))
		return report(&err);
	return 0;
}

static int
compile(const char *pack, const char *out)
{
	struct ym_error err = { 0 };
	YM_BUF data = { 0 };
	const char *doc;
	size_t n;

	if (ym_file_read(pack, YM_JSON_MAX, &data, &err) ||
		ym_catalog_verify(NULL, data.data, data.len, &doc, &n, &err) ||
		ym_catalog_compile(doc, n, out, &err))
		return report(&err);
	return 0;
}

static double
ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) * 1e3 +
		(double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

static int
find(const char *compiled, char **queries)
{
	struct ym_error err = { 0 };
	struct ym_pack *p = NULL;
	struct timespec start;
	struct ym_hit hits[10];

	clock_gettime(CLOCK_MONOTONIC, &start);
	if (ym_pack_open(compiled, &p, &err))
		return report(&err);
	printf("opened %d items in %.2f ms\n", ym_pack_n_items(p), ms_since(&start));
	for (; *queries; queries++) {
		int n;

		clock_gettime(CLOCK_MONOTONIC, &start);
		n = ym_pack_find(p, *queries, hits, 10);
		printf("%s: %d in %.2f ms\n", *queries, n, ms_since(&start));
		for (int i = 0; i < n; i++)
			printf("  %4d %-8s %s %s\n", hits[i].score, hits[i].why, hits[i].id,
				hits[i].name);
	}
	ym_pack_close(p);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *extra = NULL, *key = NULL, *dependencies = NULL;
	bool quiet = false;
	int n = 1;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--quiet"))
			quiet = true;
		else if (!strcmp(argv[i], "--extra") && i + 1 < argc)
			extra = argv[++i];
		else if (!strcmp(argv[i], "--key") && i + 1 < argc)
			key = argv[++i];
		else if (!strcmp(argv[i], "--depfile") && i + 1 < argc)
			dependencies = argv[++i];
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	if (n == 3 && !strcmp(argv[1], "check"))
		return check(argv[2], quiet);
	if (dependencies && n == 4 && !write_depfile(dependencies, argv[3], argv[2])) {
		perror(dependencies);
		return 1;
	}
	if (n == 4 && !strcmp(argv[1], "build"))
		return build(argv[2], argv[3], extra, key);
	if (n == 4 && !strcmp(argv[1], "compile"))
		return compile(argv[2], argv[3]);
	if (n >= 4 && !strcmp(argv[1], "find"))
		return find(argv[2], argv + 3);
	fputs("usage: yimen-catalog-build check DIR [--quiet]\n"
	      "       yimen-catalog-build build DIR OUT.ympack [--extra DIR] [--key PRIVATE.der] [--depfile F]\n"
	      "       yimen-catalog-build compile PACK OUT.db\n"
	      "       yimen-catalog-build find COMPILED.db QUERY...\n",
		stderr);
	return 2;
}
