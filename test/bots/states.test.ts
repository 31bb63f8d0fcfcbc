// Every state of a passport, every event and every role, through the real services; and the page that shows them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stateTablePage } from "../../scripts/governance-page.ts";
import {
  BOT_EVENTS,
  type BotEvent,
  type CausedBy,
  LENIENT_POLICY,
  STATE_TABLE,
} from "../../src/bots/index.ts";
import { errorCodeOf } from "../../src/errors.ts";
import type { BotState } from "../../src/store/index.ts";
import { type GovernedServices, governedServices } from "../support/governed-services.ts";

const DAY_MS = 86_400_000;
const STATES = Object.keys(STATE_TABLE) as BotState[];
const ROLES: readonly CausedBy[] = ["registrar", "approver", "admin", "owner", "system"];
const policy = {
  ...LENIENT_POLICY,
  approval: "second_person",
  reviewEverySeconds: 90 * 86_400,
} as const;

let services: GovernedServices;
let made = 0;

beforeAll(async () => {
  services = await governedServices(new Map([["prod", policy]]), new Date("2030-01-01T00:00:00Z"));
  await services.operator("writer", "registrar");
  await services.operator("decider", "approver");
  for (const role of ["registrar", "approver", "admin"] as const)
    await services.operator(role, role);
  await services.operator("owner");
  await services.operator("auditor", "auditor");
});
afterAll(() => services.close());

/** A bot in that state, with a wider version waiting where that can be. */
async function botIn(state: BotState): Promise<string> {
  made += 1;
  const name = `bot-${made}`;
  const bots = (method: string, request: object, who = "writer") =>
    services.call(who, "BotService", method, { name, ...request });
  const endsAtMs = services.clock.now().getTime() + 300 * DAY_MS;
  const terms = { maxInstances: 2 };
  await bots("RegisterBot", {
    ...{ owner: "owner", purpose: "p", environment: "prod", endsAtMs, terms },
    propose: state !== "draft",
  });
  if (state === "draft" || state === "proposed") return name;
  await services.call("decider", "GovernanceService", "ApproveBot", { name, revision: 1 });
  const before = await revisionOf(name);
  await bots("UpdateBot", { revision: before, terms: { maxInstances: 9 } });
  if (state === "suspended") await bots("SuspendBot", {});
  if (state === "retired") await bots("RetireBot", {});
  if (state === "restricted") {
    services.clock.jump(98 * DAY_MS);
    await services.housekeeping();
  }
  return name;
}

async function revisionOf(name: string): Promise<number> {
  return (await services.store.getBot(name))?.revision ?? 0;
}

/** Makes the event happen as that person; time is nobody. */
async function cause(event: BotEvent, name: string, who: string): Promise<unknown> {
  const revision = await revisionOf(name);
  const governance = (method: string, request: object = {}) =>
    services.call(who, "GovernanceService", method, { name, ...request });
  const bots = (method: string, request: object = {}) =>
    services.call(who, "BotService", method, { name, ...request });
  const days = (count: number): Promise<void> => {
    services.clock.jump(count * DAY_MS);
    return services.housekeeping();
  };
  switch (event) {
    case "change":
      return bots("UpdateBot", { revision, purpose: "another" });
    case "propose":
      return governance("ProposeBot");
    case "approve":
      return governance("ApproveBot", { revision });
    case "reject":
      return governance("RejectBot", { revision });
    case "review":
      return governance("ReviewBot");
    case "suspend":
      return bots("SuspendBot");
    case "resume":
      return bots("ResumeBot");
    case "retire":
      return bots("RetireBot");
    case "warn":
      return days(91);
    case "restrict":
      return days(98);
    case "time out":
      return days(105);
    case "end":
      return days(301);
  }
}

const TIMED: readonly BotEvent[] = ["warn", "restrict", "time out", "end"];

for (const state of STATES) {
  for (const event of BOT_EVENTS) {
    const cell = STATE_TABLE[state][event];
    for (const role of ROLES) {
      // Time asks nobody, and nobody else makes it pass.
      if (TIMED.includes(event) !== (role === "system")) continue;
      const may = cell?.by.includes(role) === true;
      test(`${state}, ${event}, ${role}: ${may ? cell.to : "refused"}`, async () => {
        const name = await botIn(state);
        if (role === "system") {
          const before = services.clock.now();
          if (state === "restricted") {
            // It has come as far as its restriction already: the clock goes back to its approval.
            services.clock.jump(-98 * DAY_MS);
          }
          await cause(event, name, "");
          const after = await services.store.getBot(name);
          const expected = may ? cell.to : stays(state, event);
          expect([after?.state, event]).toEqual([expected, event]);
          services.clock.jump(before.getTime() - services.clock.now().getTime());
          return;
        }
        if (may) {
          await cause(event, name, role);
          const after = await services.store.getBot(name);
          expect(after?.state).toBe(cell.to);
          return;
        }
        const before = await services.store.getBot(name);
        const code = await cause(event, name, role).then(() => "none", errorCodeOf);
        expect(["NOT_AUTHORIZED", "WRONG_STATE", "none"]).toContain(code);
        const after = await services.store.getBot(name);
        // To suspend what is suspended, retire what is retired or resume what goes on changes nothing.
        expect(after).toEqual(before);
      });
    }
    if (TIMED.includes(event)) continue;
    test(`${state}, ${event}, auditor: refused`, async () => {
      const name = await botIn(state);
      await expect(cause(event, name, "auditor")).rejects.toMatchObject({ code: "NOT_AUTHORIZED" });
    });
  }
}

/** What a time that does not concern the state leaves. */
function stays(state: BotState, event: BotEvent): BotState {
  return state === "restricted" && event === "restrict" ? "restricted" : state;
}

test("docs/governance.md shows the table", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/governance.md"), "utf8");
  expect(page).toContain(stateTablePage());
});
