// Runs programs of others that get their identity from this project and prints what each can do. `npm run interop [-- NAME…]`.
// `npm run interop -- oidc` runs the jobs of platforms against a real OpenID Provider.
// Fails when a program cannot be installed, or fails at anything that it can do.
import { printOidcTable } from "../test/interop/oidc.ts";
import { passed } from "../test/interop/result.ts";
import { ROWS } from "../test/interop/rows.ts";

const HEAD = [
  "program",
  "version",
  "door",
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
const known = [...ROWS.map(({ name }) => name), "oidc"];
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such program: ${unknown.join(", ")}; there are ${known.join(", ")}`);
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
const seconds = (begun: number, ended: number): string => ((ended - begun) / 1000).toFixed(1);

const table: string[][] = [];
let failures = 0;
for (const { name, door, install, onlyByName } of ROWS) {
  if (names.length > 0 ? !names.includes(name) : onlyByName) continue;
  let version = "";
  let installed = false;
  const begun = performance.now();
  let ready = begun;
  try {
    const program = await install();
    version = program.version;
    installed = true;
    ready = performance.now();
    const result = await program.run();
    const ok = passed(result);
    if (!ok) {
      failures += 1;
      console.error(`${name}: ${[...result.faults, result.said].join("\n")}`);
    }
    table.push([
      name,
      version,
      door,
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
    const state = installed ? "FAILED" : "NOT INSTALLED";
    table.push([name, version, door, state, ...Array<string>(HEAD.length - 4).fill("")]);
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    if (!installed) continue;
  }
  console.log(
    `${name}: installed in ${seconds(begun, ready)} s, run in ${seconds(ready, performance.now())} s`,
  );
}

console.log();
for (const row of [HEAD, HEAD.map(() => "---"), ...table]) console.log(`| ${row.join(" | ")} |`);
console.log(`\n${table.length} programs, ${failures} failed`);
if (failures > 0) process.exitCode = 1;
