// A program that waits for its identity goes on waiting, also when nothing else keeps it alive. Real processes, real sockets.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const SDK = join(import.meta.dirname, "../../src/workload-api.ts");
const LIBRARY = join(import.meta.dirname, "../../src/index.ts");

const directory = mkdtempSync(join(tmpdir(), "botpass-waiting-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a program prints, and how it ends. */
async function outcome(program: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text;
  });
  const [code] = await once(child, "close");
  return { code, said };
}

/** An unawaited call: nothing of the program itself waits. */
const waiting = (call: string): string =>
  `${call}.then(() => console.log("got one"), (error) => console.log(error.code));`;

test.each(["X509Source", "JwtSource", "X509BundleSource"])(
  "%s.open waits for an endpoint that is not there, and says why it has given up",
  async (source) => {
    const options = JSON.stringify({
      endpoint: `unix://${join(directory, "none")}`,
      timeoutMs: 1500,
    });
    const program = `import { ${source} } from ${JSON.stringify(SDK)}; ${waiting(`${source}.open(${options})`)}`;
    expect(await outcome(program)).toEqual({ code: 0, said: "UNAVAILABLE\n" });
  },
);

test("connect waits for a server that is not there, and says that there is no way in", async () => {
  const env = { BOTPASS_SOCKET: join(directory, "none.sock") };
  const program = `import { connect } from ${JSON.stringify(LIBRARY)}; ${waiting("connect({ timeoutMs: 1500 })")}`;
  expect(await outcome(program, env)).toEqual({ code: 0, said: "NO_WAY_IN\n" });
});
