// docs/sdk.md: its programs, as they stand, beside a host agent; each must print what its comments say.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HostAgent } from "../../src/host-agent/index.ts";
import { type ServedSocket, serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/sdk.md"), "utf8");
const programs = [...page.matchAll(/^## (.+?)$\n.*?^```js\n(.*?)^```$/gms)].map(
  ([, title = "", text = ""]) => ({ title, text }),
);

let server: TestServer;
let host: HostAgent;
let door: ServedSocket;

beforeAll(async () => {
  server = await runningServer();
  await server.register("host", { kind: "node" });
  await server.register("invoices");
  await server.admin.call("EntryService", "CreateEntry", {
    entry: {
      bot: "invoices",
      selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }],
      audiences: ["erp"],
      nodes: ["host"],
    },
  });
  host = new HostAgent({
    node: await server.connect({ token: (await server.token("host")).value }),
  });
  door = await serveWorkloadApi({ path: join(server.directory, "n/api.sock"), provider: host });
});
afterAll(async () => {
  await door.close();
  await host.close();
  await server.close();
});

/** Runs a program with the library's sources in place of the package. Rejects with what it wrote when it fails. */
function run(text: string): Promise<string> {
  const source = (name: string): string => pathToFileURL(join(ROOT, "src", name)).href;
  const program = text
    .replaceAll('from "botpass"', `from "${source("index.ts")}"`)
    .replaceAll('from "botpass/workload-api"', `from "${source("workload-api.ts")}"`);
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: ROOT,
    env: { PATH, SPIFFE_ENDPOINT_SOCKET: door.endpoint },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
  });
  let printed = "";
  let failed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    failed += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`exit ${code ?? signal}: ${printed}${failed}`));
    });
  });
}

test("the page has a program under each of its six heads", () => {
  expect(programs).toHaveLength(6);
});

test.each(programs)("docs/sdk.md: $title", { timeout: 30_000 }, async ({ text }) => {
  const said = [...text.matchAll(/ \/\/ → (.+)$/gm)].map(([, line]) => line);
  expect(said.length).toBeGreaterThan(0);
  expect((await run(text)).trimEnd().split("\n")).toEqual(said);
});
