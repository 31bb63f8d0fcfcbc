// Runs the Workload API clients of others behind a host agent and prints what each can do. `npm run interop [-- NAME…]`.
// `npm run interop -- oidc` runs the jobs of platforms against a real OpenID Provider.
// Fails when a client cannot be installed, or fails at anything that it has a call for.
import { CLIENTS, install, versionOf } from "../test/interop/clients.ts";
import { exercise, passed } from "../test/interop/exercise.ts";
import { printOidcTable } from "../test/interop/oidc.ts";

const HEAD = [
  "client",
  "version",
  "X.509",
  "JWT fetch",
  "JWT validate",
  "bundle",
  "mTLS out",
  "mTLS in",
  "rotations",
  "failed requests",
];

const names = process.argv.slice(2);
const known = [...CLIENTS.map(({ name }) => name), "oidc"];
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such client: ${unknown.join(", ")}; there are ${known.join(", ")}`);
  process.exit(2);
}
if (names.includes("oidc")) {
  const failed = await printOidcTable((line) => console.log(line));
  if (failed > 0) process.exitCode = 1;
  names.splice(names.indexOf("oidc"), 1);
  if (names.length === 0) process.exit();
}

const word = (state: boolean | undefined): string =>
  state === undefined ? "–" : state ? "ok" : "FAILED";
const seconds = (begun: number): string => ((performance.now() - begun) / 1000).toFixed(1);

const rows: string[][] = [];
let failures = 0;
for (const client of CLIENTS) {
  const { name } = client;
  if (names.length > 0 && !names.includes(name)) continue;
  const version = versionOf(client);
  const begun = performance.now();
  let command: readonly string[];
  try {
    command = await install(client);
  } catch (error) {
    failures += 1;
    rows.push([name, version, "NOT INSTALLED", ...Array<string>(HEAD.length - 3).fill("")]);
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    continue;
  }
  const installed = performance.now();
  try {
    const result = await exercise(name, command);
    const ok = passed(result);
    if (!ok) {
      failures += 1;
      console.error(`${name}: ${result.said}`);
    }
    rows.push([
      name,
      version,
      word(result.x509),
      word(result.jwtFetch),
      word(result.jwtValidate),
      word(result.bundle),
      `${result.out.requests}`,
      `${result.in.requests}`,
      `${result.rotations}`,
      `${result.out.failed + result.in.failed}${ok ? "" : " FAILED"}`,
    ]);
  } catch (error) {
    failures += 1;
    rows.push([name, version, "FAILED", ...Array<string>(HEAD.length - 3).fill("")]);
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
  console.log(
    `${name}: installed in ${((installed - begun) / 1000).toFixed(1)} s, run in ${seconds(installed)} s`,
  );
}

console.log();
for (const row of [HEAD, HEAD.map(() => "---"), ...rows]) console.log(`| ${row.join(" | ")} |`);
console.log(`\n${rows.length} clients, ${failures} failed`);
if (failures > 0) process.exitCode = 1;
