// gRPC reflection of the operators' API, as a tool asks for it: from the descriptors alone it makes a call.
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadAdminServices, loadReflectionServices } from "../../src/wire/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

interface Answer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
  readonly errorResponse?: { readonly errorCode: number };
}

let server: TestServer;
beforeAll(async () => {
  server = await runningServer();
});
afterAll(() => server.close());

/** Each question's answer, over one stream of this version. */
async function ask(version: number, questions: readonly object[]): Promise<Answer[]> {
  const Reflection = loadReflectionServices()[version]?.Client;
  if (Reflection === undefined) throw new Error("no such version");
  const socket = `unix:${server.server.adminSocket}`;
  const client = new Reflection(socket, credentials.createInsecure());
  const call = client.ServerReflectionInfo?.(new Metadata());
  const answers: Answer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    call.on("data", (answer: Answer) => answers.push(answer));
    call.on("end", () => resolve());
    call.on("error", reject);
  });
  for (const question of questions) call.write(question);
  call.end();
  await done;
  client.close();
  return answers;
}

/** One length-delimited field number 1: a FileDescriptorSet's files. */
function fieldOne(file: Buffer): Buffer {
  const length: number[] = [];
  let left = file.length;
  for (; left > 127; left >>= 7) length.push((left & 127) | 128);
  return Buffer.concat([Buffer.from([0x0a, ...length, left]), file]);
}

test.each([0, 1])("lists the operators' services (version %i)", async (version) => {
  const [answer] = await ask(version, [{ listServices: "" }]);
  const names = answer?.listServicesResponse?.service.map(({ name }) => name) ?? [];
  const wanted = Object.keys(loadAdminServices()).map((name) => `botpass.v1.${name}`);
  expect(names.toSorted()).toEqual(wanted.sort());
});

test("a client that knows nothing but the answer calls a method and reads it", async () => {
  const symbols = [
    "botpass.v1.OperatorService",
    "botpass.v1.OperatorService.WhoAmI",
    "botpass.v1.Bot",
  ];
  const answers = await ask(
    0,
    symbols.map((fileContainingSymbol) => ({ fileContainingSymbol })),
  );
  for (const { fileDescriptorResponse } of answers) {
    const files = fileDescriptorResponse?.fileDescriptorProto ?? [];
    // Go's tools refuse a map whose entry is called otherwise.
    expect(files[0]?.toString("latin1")).toContain("DetailsEntry");
    const found = loadFileDescriptorSetFromBuffer(Buffer.concat(files.map(fieldOne)), {
      keepCase: true,
    });
    const service = found["botpass.v1.OperatorService"] ?? {};
    // biome-ignore lint/suspicious/noExplicitAny: what was found is looked at, not believed.
    const { path, requestSerialize, responseDeserialize } = (service as any).WhoAmI;
    const client = new Client(`unix:${server.server.adminSocket}`, credentials.createInsecure());
    const said = await new Promise((resolve, reject) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, value) =>
        error === null ? resolve(value) : reject(error),
      ),
    );
    client.close();
    expect(said).toMatchObject({ name: `uid:${process.getuid?.()}`, trust_domain: "example.org" });
  }
});

test("what is not here is told so, and the stream goes on", async () => {
  const answers = await ask(0, [
    { fileContainingSymbol: "SpiffeWorkloadAPI" },
    { fileByFilename: "../secret" },
    { allExtensionNumbersOfType: "botpass.v1.Bot" },
    { listServices: "" },
  ]);
  expect(answers.map(({ errorResponse }) => errorResponse?.errorCode)).toEqual([
    status.NOT_FOUND,
    status.NOT_FOUND,
    status.UNIMPLEMENTED,
    undefined,
  ]);
});
