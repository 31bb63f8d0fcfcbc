// What a bot asks for and may not have is on record, and says why; one that asks without end fills no disk.
import { afterEach, expect, test } from "vitest";
import { DrivenClock } from "../support/driven-clock.ts";
import { operatorOf } from "../support/operator.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const clock = new DrivenClock();
let server: TestServer;
afterEach(() => server.close());

async function supportBot() {
  server = await runningServer({ clock });
  const entry = { selectors: [{ type: "join_token", value: "bot:support" }], audiences: ["crm"] };
  await server.register("support", { entry });
  const bot = await server.connect({ token: (await server.token("support")).value });
  const [instance] = await server.instances({ bot: "support" });
  return { bot, instance: String(instance?.id) };
}

const refusals = () => server.audit({ type: "svid.refused", limit: 1000 });

test("a refused audience is explained by the instance that asked", async () => {
  const { bot, instance } = await supportBot();
  await expect(bot.jwtSvid("payroll")).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  const operator = operatorOf(server);
  const asked = ["entry", "explain", "--instance", instance];
  const { stdout } = await operator.botpass([...asked, "--output", "json"]);
  expect(JSON.parse(stdout).attempts).toMatchObject([
    {
      bot: "support",
      instance,
      actor: "bot:support",
      code: "AUDIENCE_NOT_ALLOWED",
      rule: "entry.audiences",
      message: 'audience "payroll" is not allowed to bot support',
      attestor: "join_token",
    },
  ]);
  expect((await operator.botpass(asked)).stdout).toContain("entry.audiences");
});

test("a bot that asks without end is recorded once a second, and the rest is counted", async () => {
  const { bot } = await supportBot();
  for (let asked = 0; asked < 100; asked += 1) {
    await expect(bot.jwtSvid("payroll")).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  }
  expect(await refusals()).toHaveLength(30);
  await clock.advance(1000);
  await expect(bot.jwtSvid("payroll")).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  const last = (await refusals()).at(-1);
  expect(last?.details).toMatchObject({ notRecorded: "70", audience: "payroll", kind: "jwt" });
  // What it may have it still gets.
  await expect(bot.jwtSvid("crm")).resolves.toMatchObject({ audience: ["crm"] });
});
