// A bot with OpenTelemetry and a server with `tracing`, both sending to one real OTLP receiver.
import { credentials, Metadata } from "@grpc/grpc-js";
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadAttachService } from "../../src/wire/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { otlpReceiver, type ReceivedSpan } from "../support/otlp-receiver.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const clock = new DrivenClock();
let receiver: Awaited<ReturnType<typeof otlpReceiver>>;
let server: TestServer;
let closed = false;
let provider: TracerProvider | undefined;

beforeEach(async () => {
  closed = false;
  receiver = await otlpReceiver();
  server = await runningServer({ clock }, `tracing: { otlp_endpoint: "${receiver.endpoint}" }\n`);
});
afterEach(async () => {
  trace.disable();
  await provider?.shutdown();
  provider = undefined;
  if (!closed) await server.close();
  await receiver.close();
});

/** Sets OpenTelemetry up in this process, as the bot's own code would. */
function setUpBot(): void {
  const exporter = new OTLPTraceExporter({ url: `${receiver.endpoint}/v1/traces` });
  provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "invoice-poster" }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
}

/** All spans, once the server has sent what it had. */
async function received(): Promise<readonly ReceivedSpan[]> {
  closed = true;
  await server.close();
  await provider?.forceFlush();
  return receiver.spans;
}

const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const found = spans.filter((each) => each.name === name);
  expect(found.length, `${name} of ${spans.map((each) => each.name)}`).toBeGreaterThan(0);
  return found[0] as ReceivedSpan;
};

test("a bot's attach is one trace, through agent and server", async () => {
  setUpBot();
  await server.register("one");
  const { value } = await server.token("one");
  await server.connect({ token: value });
  const spans = await received();
  const connect = named(spans, "botpass.connect");
  const attach = named(spans, "botpass.attach");
  const rotate = named(spans, "botpass.rotate");
  const served = named(spans, "botpass.server.attach");
  const issued = named(spans, "botpass.server.issue");
  expect(connect.parentSpanId).toBe("");
  expect(attach.parentSpanId).toBe(connect.spanId);
  expect(rotate.parentSpanId).toBe(connect.spanId);
  expect(served.parentSpanId).toBe(attach.spanId);
  for (const inner of ["botpass.server.attest", "botpass.server.admit", "botpass.server.issue"]) {
    expect(named(spans, inner).parentSpanId).toBe(served.spanId);
  }
  const all = [connect, attach, rotate, served, issued];
  expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);
  expect(all.map(({ service }) => service)).toEqual([
    ...["invoice-poster", "invoice-poster", "invoice-poster"],
    ...["botpass", "botpass"],
  ]);
  expect(served.attributes).toMatchObject({
    "botpass.attestor": "join_token",
    "botpass.bots": "one",
    "botpass.transport": "tls",
  });
  expect(issued.attributes).toEqual({ "botpass.kind": "x509", "botpass.bot": "one" });
  expect(spans.filter(({ status }) => status === 2)).toEqual([]);
  // The token's secret, which is its last part, is in none of it.
  const secret = value.split(/[._]/).at(-1) ?? value;
  expect(secret.length).toBeGreaterThan(10);
  expect(receiver.bytes().includes(secret)).toBe(false);
});

test("a rotation an hour later is a trace of its own; at the server it points back to the attach", async () => {
  setUpBot();
  await server.register("one");
  const bot = await server.connect({ token: (await server.token("one")).value });
  const before = bot.x509Svid().serialHex;
  await clock.advance(40 * 60_000, 20);
  await vi.waitFor(() => expect(bot.x509Svid().serialHex).not.toBe(before));
  const spans = await received();
  const attach = named(spans, "botpass.server.attach");
  const [first, ...later] = spans.filter(({ name }) => name === "botpass.rotate");
  expect(first?.traceId).toBe(attach.traceId);
  expect(later.length).toBeGreaterThan(0);
  for (const rotation of later) {
    expect(rotation.parentSpanId).toBe("");
    expect(rotation.traceId).not.toBe(attach.traceId);
  }
  const [soon, ...long] = spans.filter(({ name }) => name === "botpass.server.issue");
  expect(soon).toMatchObject({ parentSpanId: attach.spanId, links: [] });
  expect(long.length).toBeGreaterThan(0);
  for (const issue of long) {
    expect(issue).toMatchObject({ parentSpanId: "", links: [attach.spanId] });
    expect(issue.traceId).not.toBe(attach.traceId);
  }
});

test("an attach that is refused is a span that failed, with its code on both sides", async () => {
  setUpBot();
  await server.register("one");
  const { id, value } = await server.token("one");
  await server.admin.call("TokenService", "RevokeToken", { id });
  await expect(server.connect({ token: value, timeoutMs: 1 })).rejects.toThrow();
  const spans = await received();
  for (const name of ["botpass.attach", "botpass.server.attach"]) {
    const span = named(spans, name);
    expect(span, name).toMatchObject({
      status: 2,
      attributes: { "botpass.code": "TOKEN_INVALID" },
    });
  }
});

test("without OpenTelemetry in the bot the server's spans are a trace of their own", async () => {
  await server.register("one");
  await server.connect({ token: (await server.token("one")).value });
  const spans = await received();
  expect(named(spans, "botpass.server.attach").parentSpanId).toBe("");
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(["botpass"]));
});

test.each(["garbage", `00-${"0".repeat(32)}-${"1".repeat(16)}-01`, `00-${"1".repeat(32)}-01`])(
  "a traceparent %s is not taken up",
  async (traceparent) => {
    const { Client } = loadAttachService();
    const client = new Client(`unix:${server.botsSocket}`, credentials.createInsecure());
    const metadata = new Metadata();
    metadata.set("traceparent", traceparent);
    const call = client.attach(metadata);
    await new Promise((resolve) => {
      call.on("data", resolve);
      call.on("error", resolve);
      call.write({ id: 1, hello: { protocolVersion: 9 } });
    });
    client.close();
    const spans = await received();
    expect(named(spans, "botpass.server.attach")).toMatchObject({
      parentSpanId: "",
      attributes: { "botpass.code": "UNIMPLEMENTED" },
    });
  },
);

test("a receiver that is not there holds nothing up, and is told once", async () => {
  await receiver.close();
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const deaf = await runningServer(
    { logger },
    `tracing: { otlp_endpoint: "${receiver.endpoint}" }\n`,
  );
  await deaf.register("one");
  const bot = await deaf.connect({ token: (await deaf.token("one")).value });
  expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/default/one");
  await deaf.close();
  const told = lines.filter((line) => JSON.stringify(line).includes("traces cannot be delivered"));
  expect(told).toHaveLength(1);
  receiver = await otlpReceiver();
});

test("a configuration that names no URL is refused with its key", async () => {
  await expect(runningServer({}, "tracing: { otlp_endpoint: collector }\n")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining('tracing.otlp_endpoint: "collector"'),
  });
});
