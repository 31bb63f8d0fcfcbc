// A bot that asks for what its passport never allowed: from a real refusal to a finding, and to the metrics.
import { afterEach, expect, test, vi } from "vitest";
import { DrivenClock } from "../support/driven-clock.ts";
import { freePort } from "../support/free-port.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { scrape } from "../support/scrape.ts";

const MINUTE = 60_000;
const clock = new DrivenClock();
let server: TestServer;
let address = "";
afterEach(() => server.close());

async function start(terms: object): Promise<void> {
  address = `127.0.0.1:${await freePort()}`;
  server = await runningServer({ clock }, `metrics_listen: ${address}\n`);
  const entry = {
    selectors: [{ type: "join_token", value: "bot:support" }],
    audiences: ["crm", "erp"],
  };
  await server.register("support", { entry, terms });
  // What was just registered has its time to be put right.
  await clock.advance(31 * MINUTE, 1);
}

async function findings() {
  await clock.advance(2000);
  const { findings } = await server.admin.call("FindingService", "ListFindings", {});
  return findings as { detector: string; bot: string; summary: string; evidence: number[] }[];
}

test("ever other audiences are a finding, one audience again and again is none", async () => {
  await start({ audiences: ["crm"] });
  const bot = await server.connect({ token: (await server.token("support")).value });
  for (let asked = 0; asked < 40; asked += 1) {
    await expect(bot.jwtSvid("payrol")).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  }
  expect(await findings()).toEqual([]);
  // The entry names it, and the passport does not.
  await expect(bot.jwtSvid("erp")).rejects.toMatchObject({ code: "PASSPORT_REFUSED" });
  await clock.advance(20_000);
  for (const audience of ["vault", "hr"]) await expect(bot.jwtSvid(audience)).rejects.toThrow();
  const found = await vi.waitFor(
    async () => {
      const all = await findings();
      expect(all).toHaveLength(1);
      return all;
    },
    { timeout: 15_000 },
  );
  expect(found).toMatchObject([
    {
      detector: "passport_probing",
      bot: "support",
      summary: expect.stringContaining(
        "audience payrol, audience erp, audience vault, audience hr",
      ),
    },
  ]);
  const count = (await scrape(address)).series.filter(
    ({ name, value }) => name === "botpass_findings_total" && value > 0,
  );
  expect(count).toMatchObject([
    { labels: { detector: "passport_probing", severity: "high" }, value: 1 },
  ]);
});

test("a refusal by the networks of a passport says its rule, so that tries from elsewhere are told apart", async () => {
  await start({ networks: ["192.0.2.0/24"] });
  const token = (await server.token("support")).value;
  await expect(server.connect({ token, timeoutMs: 300 })).rejects.toMatchObject({
    code: "PASSPORT_REFUSED",
  });
  expect(await server.audit({ type: "attestation.refused" })).toMatchObject([
    { bot: "support", details: { rule: "passport.networks", remoteAddress: "127.0.0.1" } },
  ]);
});
