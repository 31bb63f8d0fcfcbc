// A bot in Go that knows nothing but the proto: attests, is issued to, is pushed to, and is cut when its bot retires.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { runningServer } from "../support/running-server.ts";

const directory = join(import.meta.dirname, "../interop/attach");
const haveGo = spawnSync("go", ["version"]).status === 0;

test.runIf(haveGo)("a client in Go against the proto", { timeout: 300_000 }, async () => {
  const server = await runningServer();
  const program = join(server.directory, "attach");
  const built = spawnSync("go", ["build", "-o", program, "."], { cwd: directory });
  expect(built.status, built.stderr.toString()).toBe(0);
  await server.register("gopher", { entry: { audiences: ["a"], selectors: [] } });
  const { value } = await server.token("gopher");
  const client = spawn(program, [join(import.meta.dirname, "../../proto")]);
  client.stdin.end(value);
  let said = "";
  client.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value: line, done } = await lines.next();
    if (done) throw new Error(`the client ended: ${said}`);
    return JSON.parse(line);
  };

  const svid = await next();
  expect(svid.spiffeId).toMatch(/^spiffe:\/\/example\.org\/bot\/.*gopher$/);
  const [record] = await server.audit({ serial: String(svid.serial), type: "svid.issued" });
  expect(record).toMatchObject({ bot: "gopher", outcome: "ok" });

  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "gopher" });
  const [entry] = entries as object[];
  await server.admin.call("EntryService", "UpdateEntry", { entry: { ...entry, hint: "pushed" } });
  expect(await next()).toMatchObject({ attached: { identities: [{ hint: "pushed" }] } });

  await server.admin.call("BotService", "RetireBot", { name: "gopher", reason: "over" });
  expect(await next()).toMatchObject({ instanceStatus: { status: "retired" } });
  let last = await next();
  while (!("ended" in last)) last = await next();
  expect(String(last.ended)).toContain("PermissionDenied");
  await server.close();
});
