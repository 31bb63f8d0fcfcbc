import { expect, test } from "vitest";
import { createRecorder } from "../../src/audit/index.ts";
import { IssuerError } from "../../src/errors.ts";
import { Admission } from "../../src/issuance/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { openTestStore } from "../support/store.ts";

test("strangers cannot fill the audit; what concerns a bot is always recorded", async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const clock = new DrivenClock();
  const recorder = createRecorder({ store });
  const admission = new Admission({ store, recorder, clock, lineageSeconds: 60 });
  const context = { requestId: "r", actor: "anonymous", remoteAddress: "192.0.2.1" };
  const refuse = (details: Record<string, string>) =>
    admission.refused(
      { attestor: "join_token" },
      new IssuerError("TOKEN_INVALID", "no", { details }),
      context,
    );
  for (let i = 0; i < 1200; i += 1) await refuse({});
  expect(await store.auditSequence()).toBe(1000);
  for (let i = 0; i < 20; i += 1) await refuse({ bot: "a" });
  expect(await store.auditSequence()).toBe(1020);
  await clock.advance(2000);
  for (let i = 0; i < 100; i += 1) await refuse({});
  expect(await store.auditSequence()).toBe(1040);
  await recorder.close();
});
