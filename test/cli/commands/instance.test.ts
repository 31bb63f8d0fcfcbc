import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { instanceMessage } from "../messages.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const INSTANCE = {
  id: "instance-1",
  bot: "ci-deployer",
  entryId: "entry-2",
  state: "active",
  attestor: "join_token",
  selectors: ["join_token:bot:ci-deployer"],
  attestedAt: "2030-01-31T08:00:00.000Z",
  lastSeenAt: "2030-01-31T08:00:00.000Z",
  newestSerial: "4d5e",
  newestNotAfter: "2030-01-31T08:00:00.000Z",
  connected: true,
  remoteAddress: "192.0.2.7",
};

describe("instance list", () => {
  test("prints instances, those without an SVID too", async () => {
    const bare = {
      id: "i2",
      newestSerial: "",
      newestNotAfterMs: 0,
      connected: false,
      remoteAddress: "",
    };
    await using server = await startFakeServer({
      "InstanceService/ListInstances": () => ({
        instances: [instanceMessage(), instanceMessage(bare)],
      }),
    });
    const { value } = await jsonAt(server, ["instance", "list", "--bot", "a", "--state", "locked"]);
    expect(value).toMatchObject({
      instances: [
        INSTANCE,
        { id: "i2", newestSerial: null, newestNotAfter: null, connected: false },
      ],
    });
    expect(server.requestsTo("InstanceService/ListInstances")).toMatchObject([
      { bot: "a", state: "locked", pageSize: 1000 },
    ]);
    const { stdout } = await runAt(server, ["instance", "list"]);
    expect(stdout).toMatch(
      /^i2 +ci-deployer +active +no +join_token +- +- +2030-01-31T08:00:00Z +-$/m,
    );
  });
});

describe.each([
  ["evict", "EvictInstance", "evicted"],
  ["ban", "BanInstance", "banned"],
])("instance %s", (verb, method, state) => {
  test("sends the reason and prints what it did", async () => {
    await using server = await startFakeServer({
      [`InstanceService/${method}`]: () => ({ instance: instanceMessage({ state }), denied: 2 }),
    });
    const argv = ["instance", verb, "instance-1", "--reason", "stolen"];
    expect((await jsonAt(server, argv)).value).toEqual({
      instance: { ...INSTANCE, state },
      denied: 2,
    });
    expect((await runAt(server, argv)).stdout).toMatch(/SVIDs denied: 2\n$/);
    expect(server.requestsTo(`InstanceService/${method}`)[0]).toEqual({
      id: "instance-1",
      reason: "stolen",
    });
  });
});
