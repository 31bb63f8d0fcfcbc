// Webhooks over real TLS and a real store, without an issuer.
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { contextTag, der } from "../../src/crypto/der.ts";
import { exportPrivateKeyPem, pemEncode } from "../../src/crypto/index.ts";
import { WebhookSender } from "../../src/server/detection/webhooks.ts";
import { openSqliteStore } from "../../src/store/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { forgeCa, forgeLeaf } from "../support/forge.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Answer = (response: ServerResponse, request: IncomingMessage, event: string) => void;

async function hook(answer: Answer, { trusted = true } = {}) {
  const ca = forgeCa({ uris: [] });
  const names = [der(contextTag(2), Buffer.from("localhost"))];
  const leaf = forgeLeaf(ca, { subject: "localhost", uris: [], names });
  const asked: string[] = [];
  const server = createServer(
    { key: exportPrivateKeyPem(leaf.key), cert: pemEncode("CERTIFICATE", leaf.der) },
    (request, response) => {
      const event = String(request.headers["botpass-event"]).split("-")[0] ?? "";
      asked.push(event);
      request.resume();
      request.on("end", () => answer(response, request, event));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const directory = mkdtempSync(join(tmpdir(), "bp-hook-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const clock = new DrivenClock();
  const store = await openSqliteStore({ file: join(directory, "db"), clock });
  closers.push(() => store.close());
  const failures: { finding: number; why: string; over: boolean }[] = [];
  const sender = new WebhookSender({
    webhook: {
      name: "siem",
      url: `https://localhost:${(server.address() as AddressInfo).port}/T0/hidden-path`,
      secret: Buffer.from("0123456789abcdef"),
      ca: trusted ? pemEncode("CERTIFICATE", ca.der) : undefined,
    },
    store,
    clock,
    format: ({ summary }) => ({ contentType: "text/plain", text: summary }),
    onFailure: (_, finding, why, over) => failures.push({ finding, why, over }),
    onError: (error) => failures.push({ finding: 0, why: String(error), over: false }),
  });
  closers.push(() => sender.stop());
  const queue = (count: number) =>
    store.transaction(async (tx) => {
      for (let times = 0; times < count; times += 1) {
        const now = clock.now();
        const { id } = await tx.addFinding({
          ...{ at: now, detector: "refusal_burst", severity: "low", bot: null },
          ...{ instance: null, subject: "s", summary: "text", facts: {}, evidence: [] },
        });
        await tx.addDelivery({ findingId: id, webhook: "siem", createdAt: now, dueAt: now }, 1000);
      }
    });
  const left = async () => (await store.nextDeliveries("siem", 100)).length;
  return { clock, store, sender, asked, failures, queue, left };
}

test("a receiver that is down is asked ever more seldom, however much waits, and then gets all of it", async () => {
  let isDown = true;
  const { clock, sender, asked, failures, queue, left } = await hook((response) =>
    response.writeHead(isDown ? 503 : 204).end(),
  );
  await queue(20);
  sender.wake();
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  for (const [index, pause] of [5000, 10_000, 20_000, 40_000].entries()) {
    const times = index + 1;
    await vi.waitFor(() => expect([failures.length, clock.planned]).toEqual([times, 1]));
    await clock.advance(pause - 1, 20);
    expect(asked).toHaveLength(times);
    await clock.advance(1);
    await vi.waitFor(() => expect(asked).toHaveLength(times + 1));
  }
  expect(failures.every(({ why, over }) => why === "answered 503" && !over)).toBe(true);
  isDown = false;
  const before = asked.length;
  await clock.advance(3_600_000, 40);
  await vi.waitFor(async () => expect(await left()).toBe(0));
  expect(asked.slice(before).toSorted((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 20 }, (_, index) => String(index + 1)),
  );
});

test("an event that is refused holds up no other", async () => {
  const { clock, sender, asked, queue, left } = await hook((response, _, event) =>
    response.writeHead(event === "1" ? 422 : 204).end(),
  );
  await queue(3);
  sender.wake();
  await vi.waitFor(async () => expect(await left()).toBe(1));
  expect(asked).toEqual(["1", "2", "3"]);
  await clock.advance(5000, 40);
  await vi.waitFor(() => expect(asked).toEqual(["1", "2", "3", "1"]));
});

test("after seven days it is given up, and that is told", async () => {
  const { clock, sender, failures, queue, left } = await hook((response) =>
    response.writeHead(500).end(),
  );
  await queue(1);
  sender.wake();
  await vi.waitFor(() => expect(failures).toHaveLength(1));
  await clock.advance(6 * 86_400_000, 2);
  await vi.waitFor(async () => expect(await left()).toBe(1));
  expect(failures.some(({ over }) => over)).toBe(false);
  await clock.advance(86_400_000 + 7_200_000, 20);
  await vi.waitFor(() => expect(failures.at(-1)).toMatchObject({ finding: 1, over: true }));
  expect(await left()).toBe(0);
});

test("redirects are not followed, and an answer without an end is taken by its status", async () => {
  const { clock, sender, asked, failures, queue, left } = await hook((response, _, event) => {
    if (event === "1") response.writeHead(307, { location: "https://localhost:9/" }).end();
    else {
      response.writeHead(200);
      response.write("x".repeat(200_000));
    }
  });
  await queue(2);
  sender.wake();
  await vi.waitFor(() =>
    expect(failures).toEqual([{ finding: 1, why: "answered 307", over: false }]),
  );
  await clock.advance(5000, 100);
  await vi.waitFor(async () => expect(await left()).toBe(1));
  expect(asked).toContain("2");
  expect(failures.every(({ finding }) => finding === 1)).toBe(true);
});

test("a receiver whose CA is not believed gets nothing, and the reason holds no secret", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  closers.push(() => void vi.unstubAllEnvs());
  const { sender, asked, failures, queue } = await hook((response) => response.end(), {
    trusted: false,
  });
  await queue(1);
  sender.wake();
  await vi.waitFor(() => expect(failures).toHaveLength(1));
  expect(asked).toEqual([]);
  expect(failures[0]?.why).toMatch(/certificate|issuer/i);
  expect(failures[0]?.why).not.toMatch(/hidden|0123456789/);
});
