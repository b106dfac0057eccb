// SPDX-License-Identifier: MulanPSL-2.0
// The yardstick of a drain: n documents of so many bytes replicated from one PouchDB on disk to another, in one process and
// without HTTP, batches of 100. Kinder to PouchDB than a server would be. Prints one line of JSON.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const PouchDB = require(require.resolve("pouchdb", { paths: [process.cwd()] }));

async function main() {
	const n = Number(process.argv[2]), bytes = Number(process.argv[3]);
	const folder = fs.mkdtempSync(path.join(process.cwd(), "data-"));
	const from = new PouchDB(path.join(folder, "from")), to = new PouchDB(path.join(folder, "to"));
	const body = "x".repeat(bytes);

	for (let i = 0; i < n; i += 500)
		await from.bulkDocs(Array.from({ length: Math.min(500, n - i) }, (_, k) => ({ _id: String(i + k).padStart(8, "0"), body })));
	const cpu = process.cpuUsage(), began = process.hrtime.bigint();
	await from.replicate.to(to, { batch_size: 100 });
	const ms = Number(process.hrtime.bigint() - began) / 1e6, used = process.cpuUsage(cpu);
	console.log(JSON.stringify({ ms, cpu: (used.user + used.system) / 1000, peak_kb: process.resourceUsage().maxRSS }));
	await from.close();
	await to.close();
	fs.rmSync(folder, { recursive: true, force: true });
}

main().catch((e) => { console.error(e); process.exit(1); });
