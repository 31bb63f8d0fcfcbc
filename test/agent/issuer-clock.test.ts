import { expect, test } from "vitest";
import { IssuerClock } from "../../src/agent/issuer-clock.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { SkewedClock } from "../support/skewed-clock.ts";

const HOUR = 3_600_000;

/** An issuer whose clock is right, and a machine whose wall time is `aheadMs` off. */
function pair(aheadMs: number) {
  const issuer = new DrivenClock(new Date(Date.UTC(2030, 0, 1)));
  const machine = new SkewedClock(issuer, aheadMs);
  const clock = new IssuerClock(machine);
  const errorMs = () => clock.now().getTime() - issuer.now().getTime();
  /** Asks what time it is: so long there, so long back. */
  const ask = async (thereMs = 0, backMs = 0): Promise<void> => {
    await issuer.advance(thereMs, 0);
    const sentAt = issuer.now().getTime();
    await issuer.advance(backMs, 0);
    clock.told(sentAt, thereMs + backMs);
  };
  return { issuer, machine, clock, errorMs, ask };
}

test("until the issuer has said anything, the machine's own time holds", () => {
  const { clock, errorMs } = pair(HOUR);
  expect(errorMs()).toBe(HOUR);
  expect(clock.skewMs).toBe(0);
});

test.each([HOUR, -HOUR, 24 * HOUR, -24 * HOUR])(
  "a machine that is %d ms off follows the issuer",
  async (ahead) => {
    const { issuer, clock, errorMs, ask } = pair(ahead);
    await ask();
    expect(errorMs()).toBe(0);
    expect(clock.skewMs).toBe(ahead);
    await issuer.advance(5 * HOUR, 0);
    expect(errorMs()).toBe(0);
  },
);

test("a slow answer says little: the machine's time holds while it may be right", async () => {
  const { errorMs, ask } = pair(0);
  await ask(20_000, 60_000);
  expect(errorMs()).toBe(0);
  const late = pair(-30_000);
  await late.ask(20_000, 10_000);
  // Between 10 s too early and 20 s too late, as far as the bot can know.
  expect(late.errorMs()).toBe(-10_000);
  await late.ask();
  expect(late.errorMs()).toBe(0);
});

test("what was pushed a while ago makes no time earlier", async () => {
  const { issuer, clock, errorMs, ask } = pair(HOUR);
  await ask();
  const sentAt = issuer.now().getTime();
  await issuer.advance(30_000, 0);
  clock.told(sentAt);
  expect(errorMs()).toBe(0);
});

test("wall time set back changes nothing", async () => {
  const { issuer, machine, errorMs, ask } = pair(0);
  await ask();
  machine.jumpTo(-2 * HOUR);
  expect(errorMs()).toBe(0);
  await issuer.advance(HOUR, 0);
  expect(errorMs()).toBe(0);
});

test("wall time that runs ahead may be sleep: it counts until the issuer was asked", async () => {
  const { machine, errorMs, ask } = pair(0);
  await ask();
  machine.jumpTo(2 * HOUR);
  expect(errorMs()).toBe(2 * HOUR);
  await ask();
  expect(errorMs()).toBe(0);
});

test("the issuer's own clock may be set, either way", async () => {
  const { issuer, clock, errorMs, ask } = pair(0);
  await ask();
  for (const byMs of [HOUR, -HOUR]) {
    clock.told(issuer.now().getTime() + byMs, 0);
    expect(errorMs()).toBe(byMs);
  }
});

test("a server that says no time is not followed", () => {
  const { clock, errorMs } = pair(HOUR);
  clock.told(0, 5);
  expect(errorMs()).toBe(HOUR);
});
