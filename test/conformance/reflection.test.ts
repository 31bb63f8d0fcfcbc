// Reflection on the Workload Endpoint, as gRPC tools ask for it.
import { credentials, Metadata, status } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadReflectionServices } from "../../src/wire/index.ts";
import { type WorkloadDoor, workloadDoor } from "../support/workload-door.ts";

interface Answer {
  listServicesResponse?: { service: { name: string }[] };
  fileDescriptorResponse?: { fileDescriptorProto: Buffer[] };
  errorResponse?: { errorCode: number };
}

let door: WorkloadDoor;
beforeAll(async () => {
  door = await workloadDoor();
});
afterAll(() => door.close());

/** Each question's answer, over one stream without the security header. */
async function ask(version: number, questions: readonly object[]): Promise<Answer[]> {
  const Client = loadReflectionServices()[version]?.Client;
  if (Client === undefined) throw new Error("no such version");
  const client = new Client(`unix:${door.path}`, credentials.createInsecure());
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

test.each([
  ["v1", 0],
  ["v1alpha", 1],
] as const)(
  "EP-21 reflection %s lists the Workload API, without the header (R6)",
  async (_, version) => {
    const [services] = await ask(version, [{ listServices: "" }]);
    expect(services?.listServicesResponse?.service).toEqual([{ name: "SpiffeWorkloadAPI" }]);
  },
);

test("EP-19 EP-21 the descriptor has the seven methods of the standard and no more", async () => {
  const symbols = ["SpiffeWorkloadAPI", "SpiffeWorkloadAPI.FetchJWTSVID", "X509SVIDResponse"];
  const answers = await ask(
    0,
    symbols.map((fileContainingSymbol) => ({ fileContainingSymbol })),
  );
  for (const { fileDescriptorResponse } of answers) {
    const files = fileDescriptorResponse?.fileDescriptorProto ?? [];
    // Each import is named, so that tools find its types.
    expect(files[0]?.toString("latin1")).toContain("\x1a\x15google_protobuf.proto");
    // Go's tools refuse a map whose entry is called otherwise.
    expect(files[0]?.toString("latin1")).toContain("FederatedBundlesEntry");
    const set = Buffer.concat(files.map(fieldOne));
    const service = loadFileDescriptorSetFromBuffer(set).SpiffeWorkloadAPI ?? {};
    expect(Object.keys(service).sort()).toEqual([
      "FetchJWTBundles",
      "FetchJWTSVID",
      "FetchWITBundles",
      "FetchWITSVID",
      "FetchX509Bundles",
      "FetchX509SVID",
      "ValidateJWTSVID",
    ]);
  }
});

test("what is not here is told so, and the stream goes on", async () => {
  const answers = await ask(0, [
    { fileContainingSymbol: "botpass.v1.BotService" },
    { fileByFilename: "../secret" },
    { allExtensionNumbersOfType: "X509SVID" },
    { listServices: "" },
  ]);
  expect(answers.map(({ errorResponse }) => errorResponse?.errorCode)).toEqual([
    status.NOT_FOUND,
    status.NOT_FOUND,
    status.UNIMPLEMENTED,
    undefined,
  ]);
});
