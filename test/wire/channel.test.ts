import {
  type ClientDuplexStream,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { IssuerError } from "../../src/errors.ts";
import {
  type AttachRequest,
  type AttachRequest__Output,
  type AttachResponse,
  type AttachResponse__Output,
  type Channel,
  channelPair,
  clientChannel,
  loadAttachService,
  serverChannel,
} from "../../src/wire/index.ts";

interface Heard {
  readonly ids: number[];
  readonly ends: (string | undefined)[];
}

function listen<Out, In extends { id?: unknown }>(channel: Channel<Out, In>): Heard {
  const heard: Heard = { ids: [], ends: [] };
  channel.onMessage((message) => heard.ids.push(Number(message.id)));
  channel.onClose((error) => heard.ends.push(error?.code));
  return heard;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("channelPair", () => {
  const pair = () => channelPair<{ id: number }, { id: number }>();

  test("carries messages in order, later, and keeps what comes before a listener", async () => {
    const [a, b] = pair();
    expect(a.send({ id: 1 })).toBe(true);
    await turn();
    const heard = listen(b);
    a.send({ id: 2 });
    expect(heard.ids).toEqual([1]);
    await turn();
    expect(heard.ids).toEqual([1, 2]);
  });

  test("what was sent before the end still arrives; nothing does after it", async () => {
    const [a, b] = pair();
    const [own, other] = [listen(a), listen(b)];
    a.send({ id: 1 });
    a.close(new IssuerError("BOT_RETIRED", "gone"));
    expect(a.send({ id: 2 })).toBe(false);
    b.send({ id: 3 });
    await turn();
    expect(other).toEqual({ ids: [1], ends: ["BOT_RETIRED"] });
    expect(own).toEqual({ ids: [], ends: [undefined] });
  });

  test("an end is told once, also to one who listens late", async () => {
    const [a, b] = pair();
    a.close();
    a.close(new IssuerError("INTERNAL", "twice"));
    await turn();
    b.close();
    expect(listen(b)).toEqual({ ids: [], ends: [undefined] });
  });
});

describe("over gRPC", () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0).reverse()) close();
  });

  type ServerSide = Channel<AttachResponse, AttachRequest__Output>;

  async function stream() {
    const { definition, Client } = loadAttachService();
    const server = new Server();
    let opened: (side: ServerSide) => void = () => undefined;
    const serverSide = new Promise<ServerSide>((resolve) => {
      opened = resolve;
    });
    const raw: ServerDuplexStream<AttachRequest__Output, AttachResponse>[] = [];
    server.addService(definition, {
      Attach: (call: ServerDuplexStream<AttachRequest__Output, AttachResponse>) => {
        raw.push(call);
        opened(serverChannel(call, "r-1"));
      },
      GetBundle: () => undefined,
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    closers.push(() => server.forceShutdown());
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    closers.push(() => client.close());
    const call: ClientDuplexStream<AttachRequest, AttachResponse__Output> = client.attach();
    const near = clientChannel(call);
    near.send({ id: 1 });
    const far = await serverSide;
    return { near, far, call, raw, server };
  }

  test("messages go both ways, and the server's error comes back with its code", async () => {
    const { near, far } = await stream();
    const [atServer, atClient] = [listen(far), listen(near)];
    near.send({ id: 2 });
    far.send({ id: 2, error: { code: "X" } });
    await vi.waitFor(() => expect(atServer.ids).toEqual([1, 2]));
    far.send({ id: 0 });
    far.close(new IssuerError("INSTANCE_LOCKED", "copy"));
    await vi.waitFor(() => expect(atClient).toEqual({ ids: [2, 0], ends: ["INSTANCE_LOCKED"] }));
    expect(atServer.ends).toEqual([undefined]);
    expect(near.send({ id: 3 })).toBe(false);
    expect(far.send({ id: 3 })).toBe(false);
  });

  test("a server that ends without an error is away", async () => {
    const { near, far } = await stream();
    const atClient = listen(near);
    listen(far);
    far.close();
    await vi.waitFor(() => expect(atClient.ends).toEqual(["UNAVAILABLE"]));
  });

  test("what the client sent before it closed arrives, and then the line is finished", async () => {
    const { near, far } = await stream();
    const [atServer, atClient] = [listen(far), listen(near)];
    for (let id = 2; id <= 50; id += 1) near.send({ id });
    near.close();
    expect(atClient.ends).toEqual([undefined]);
    await near.finished;
    expect(atServer.ids).toHaveLength(50);
    expect(atServer.ends).toEqual([undefined]);
  });

  test("a server that does not end the stream is left after a second", async () => {
    const { near, raw } = await stream();
    listen(near);
    for (const call of raw) {
      call.removeAllListeners("end");
      call.pause();
    }
    const startedAt = performance.now();
    near.close();
    await near.finished;
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  test("a cut connection ends both sides", async () => {
    const { near, far, server } = await stream();
    const [atServer, atClient] = [listen(far), listen(near)];
    server.forceShutdown();
    await vi.waitFor(() => expect(atClient.ends).toEqual(["UNAVAILABLE"]));
    await vi.waitFor(() => expect(atServer.ends).toEqual([undefined]));
  });

  test("a reader that does not read is noticed", async () => {
    const { near, far, call } = await stream();
    listen(far);
    call.pause();
    let taken = 0;
    while (taken < 10_000 && far.send({ id: 0, error: { message: "x".repeat(10_000) } }))
      taken += 1;
    expect(taken).toBeLessThan(10_000);
    const drained = vi.fn();
    far.onDrain?.(drained);
    expect(drained).not.toHaveBeenCalled();
    call.resume();
    await vi.waitFor(() => expect(drained).toHaveBeenCalled());
    near.close();
  });
});
