// Ten thousand open watches of one process, with the bound that the agent of a host has by default.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { HostAgent } from "../../src/host-agent/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer } from "../support/running-server.ts";
import { rawApi } from "../support/workload-door.ts";

const NOBODY = 65_534;
const CHILD = join(import.meta.dirname, "../support/fetch-outcome.ts");
const CLIENTS = 10;
const WATCHES = 1_000;
const BOUND = 4_096;

/** What a process of another user is given: SPIFFE IDs, or a code. */
async function askAs(uid: number, endpoint: string): Promise<string> {
  const become = [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--"];
  const child = spawn("setpriv", [...become, process.execPath, CHILD], {
    env: { PATH: process.env.PATH, SPIFFE_ENDPOINT_SOCKET: endpoint },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, "close");
  return text.trim();
}

test("10,000 watches of one process: 4,096 are served, the others refused, other users not held up", {
  timeout: 300_000,
}, async () => {
  const uid = process.getuid?.() ?? 0;
  const server = await runningServer();
  chmodSync(server.directory, 0o711);
  await server.register("host", { kind: "node" });
  for (const [bot, id] of [
    ["greedy", uid],
    ["modest", NOBODY],
  ] as const) {
    const selectors = [{ type: "unix", value: `uid:${id}` }];
    await server.register(bot);
    const entry = { bot, selectors, nodes: ["host"] };
    await server.admin.call("EntryService", "CreateEntry", { entry });
  }
  const node = await server.connect({ token: (await server.token("host")).value });
  const host = new HostAgent({ node });
  const faults: unknown[] = [];
  const path = join(server.directory, "a/api.sock");
  const onFault = (error: unknown) => faults.push(error);
  const door = await serveWorkloadApi({ path, provider: host, onFault });

  const apis = Array.from({ length: CLIENTS }, () => rawApi(`unix:${path}`));
  const watches = apis.flatMap((api) =>
    Array.from({ length: WATCHES }, () => api.stream("FetchX509SVID")),
  );
  const answers = await Promise.all(
    watches.map((watch) =>
      watch.at(0).then(
        () => "served",
        ({ code }: { code: number }) => code,
      ),
    ),
  );
  const served = answers.filter((answer) => answer === "served").length;
  const refused = answers.filter((answer) => answer === status.RESOURCE_EXHAUSTED).length;
  expect({ served, refused }).toEqual({
    served: BOUND,
    refused: CLIENTS * WATCHES - BOUND,
  });
  if (uid === 0) {
    expect(await askAs(NOBODY, door.endpoint)).toBe("spiffe://example.org/bot/default/modest");
  }
  // All watches of one process have one identity between them.
  const instances = await server.instances({ bot: "greedy" });
  expect(instances).toHaveLength(1);

  for (const watch of watches) watch.cancel();
  const again = rawApi(`unix:${path}`);
  await expect
    .poll(
      () =>
        again
          .stream("FetchX509SVID")
          .at(0)
          .then(
            () => "served",
            ({ code }: { code: number }) => code,
          ),
      { timeout: 30_000 },
    )
    .toBe("served");
  expect(faults).toEqual([]);
  for (const api of [...apis, again]) api.close();
  await door.close();
  await host.close();
  await server.close();
});
