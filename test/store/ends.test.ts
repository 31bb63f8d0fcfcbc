// A process that only uses a store must end by itself, once it has closed it, and not before.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("closing after a checkpoint", { timeout: 30_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-ends-"));
  const store = join(import.meta.dirname, "../../src/store/index.ts");
  const program = join(directory, "main.mts");
  writeFileSync(
    program,
    `import { openSqliteStore } from ${JSON.stringify(store)};
const store = await openSqliteStore({ file: ${JSON.stringify(join(directory, "db"))} });
const bytes = () => JSON.stringify("x".repeat(20_000));
const draft = { at: new Date(), type: "t", bot: null, serial: null, instanceId: null, requestId: null, bytes };
for (let i = 0; i < 200; i += 1) await store.transaction((tx) => tx.appendAudit(Array(10).fill(draft)));
await store.close();
console.log("closed");
`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [program]);
  expect(stdout.toString(), stderr.toString()).toBe("closed\n");
  expect(status).toBe(0);
  rmSync(directory, { recursive: true, force: true });
});
