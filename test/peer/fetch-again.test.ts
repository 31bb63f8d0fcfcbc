// Which requests are asked again when their connection is cut, and how often.
import { expect, test } from "vitest";
import { askedAgain } from "../../src/peer/fetch-again.ts";
import { DrivenClock } from "../support/driven-clock.ts";

const cut = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("cut"), { code }) });

/** Asks once for each outcome, and by the SVID of that place. */
async function ask(
  outcomes: readonly (string | Error)[],
  { kept = false, method = "GET", serials = ["01"] }: Partial<Wish> = {},
) {
  const clock = new DrivenClock();
  let attempts = 0;
  let waited = false;
  const done = askedAgain({ method }, clock, {
    async attempt() {
      const outcome = outcomes[Math.min(attempts, outcomes.length - 1)];
      attempts += 1;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    wasKept: () => kept,
    serial: () => (waited ? serials.at(-1) : serials[0]) ?? "",
    renew: () => undefined,
  }).catch((error: Error) => error.message);
  await new Promise((resolve) => setImmediate(resolve));
  waited = true;
  await clock.advance(100);
  return { answer: await done, attempts };
}

interface Wish {
  readonly kept: boolean;
  readonly method: string;
  /** Before and after the pause. */
  readonly serials: readonly string[];
}

const [reset, closed] = [cut("ECONNRESET"), cut("UND_ERR_SOCKET")];
const notReady = cut("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR");

test.each<[string, readonly (string | Error)[], Partial<Wish>, string, number]>([
  ["by a kept connection: by another", [closed, "here"], { kept: true }, "here", 2],
  ["by a kept connection, and once more", [closed], { kept: true }, "fetch failed", 2],
  ["by a new connection: whoever is refused is not tried again", [reset], {}, "fetch failed", 1],
  ["and the bot has another SVID then", [reset, "here"], { serials: ["01", "02"] }, "here", 2],
  [
    "and again with another SVID",
    [reset],
    { kept: true, serials: ["01", "02"] },
    "fetch failed",
    3,
  ],
  ["by an alert of who is not ready", [notReady, notReady, "here"], {}, "here", 3],
  [
    "by a handshake that the other side cannot make",
    [cut("ERR_SSL_BAD_EXTENSION"), "here"],
    {},
    "here",
    2,
  ],
  ["by an alert without end", [notReady], {}, "fetch failed", 3],
  ["and it is no GET", [closed, "here"], { kept: true, method: "POST" }, "fetch failed", 1],
  ["otherwise", [cut("ECONNREFUSED"), "here"], { kept: true }, "fetch failed", 1],
])("a request that is cut %s", async (_, outcomes, wish, answer, attempts) => {
  expect(await ask(outcomes, wish)).toEqual({ answer, attempts });
});
