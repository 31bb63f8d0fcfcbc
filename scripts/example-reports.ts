// Writes the reports of a clean installation and of one with a fault for each line of OWASP NHI, as pages, into a directory.
import { resolve } from "node:path";
import { run } from "../test/cli/run-cli.ts";
import { installation, NHI_FAULTS } from "../test/reports/installations.ts";

const directory = resolve(process.argv[2] ?? ".");
for (const [name, faults] of [
  ["clean", []],
  ["bad", Object.keys(NHI_FAULTS)],
] as const) {
  const server = await installation(faults);
  for (const report of ["owasp-nhi", "zero-trust"]) {
    const flags = ["--admin-socket", server.server.adminSocket];
    const html = ["--html", `${name}-${report}.html`];
    const { stdout, stderr } = await run([...flags, "report", report, ...html], { cwd: directory });
    process.stdout.write(`${name}:\n${stdout}${stderr}\n`);
  }
  await server.close();
}
