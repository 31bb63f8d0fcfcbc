// The package as a bot has it: what `npm run build` made, in a folder where nothing else is installed.
import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as library from "../../src/index.ts";
import * as spiffe from "../../src/spiffe/index.ts";
import * as workloadApi from "../../src/workload-api.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const ROOT = join(import.meta.dirname, "../..");
const project = mkdtempSync(join(tmpdir(), "bp-package-"));
const installed = join(project, "node_modules/botpass");
let server: TestServer;

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, "scripts/build.ts")]);
  mkdirSync(installed, { recursive: true });
  for (const part of ["package.json", "dist/lib"]) {
    cpSync(join(ROOT, part), join(installed, part), { recursive: true });
  }
  server = await runningServer();
  await server.register("crm");
}, 120_000);
afterAll(async () => {
  await server?.close();
  rmSync(project, { recursive: true, force: true });
});

/** What a program prints, as JSON. Rejects with what it wrote when it fails. */
async function run(program: string, env: Record<string, string> = {}): Promise<unknown> {
  const file = join(project, "program.mjs");
  writeFileSync(file, program);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env, timeout: 30_000 });
  return JSON.parse(stdout);
}

const CONNECT = `
import { bearerToken, connect, IssuerError } from "botpass";
const bot = await connect();
bot.x509Svid();
`;
const token = async () => ({ BOTPASS_TOKEN: (await server.token("crm")).value });

test("it has what its sources have, and entry points share one copy of it", async () => {
  const program = `
    const names = async (name) => Object.keys(await import(name)).sort();
    const same = (await import("botpass")).SpiffeId === (await import("botpass/spiffe")).SpiffeId;
    const all = [await names("botpass"), await names("botpass/spiffe"), await names("botpass/workload-api")];
    console.log(JSON.stringify([same, ...all]));`;
  const names = [library, spiffe, workloadApi].map((each) => Object.keys(each).sort());
  expect(await run(program)).toEqual([true, ...names]);
});

test("a bot attests and holds an SVID with nothing else installed", async () => {
  const program = `${CONNECT}
    console.log(JSON.stringify(bot.spiffeId.toString()));
    await bot.close();`;
  expect(await run(program, await token())).toBe("spiffe://example.org/bot/default/crm");
});

test("for gRPC of its own a bot installs grpc-js, and gets credentials and servers of that copy", async () => {
  const without = `${CONNECT}
    const codes = [];
    for (const make of [() => bot.grpcServer({ authorize: "any" }), () => bot.grpcCredentials({ peer: "spiffe://example.org/x" })]) {
      try { make(); } catch (error) { codes.push([error instanceof IssuerError, error.code, error.message]); }
    }
    console.log(JSON.stringify(codes));
    await bot.close();`;
  const refused = (what: string) => [
    true,
    "CONFIG_INVALID",
    `${what} needs the package @grpc/grpc-js, which is not installed`,
  ];
  expect(await run(without, await token())).toEqual([
    refused("grpcServer"),
    refused("grpcCredentials"),
  ]);
  const scope = join(project, "node_modules/@grpc");
  mkdirSync(scope);
  symlinkSync(join(ROOT, "node_modules/@grpc/grpc-js"), join(scope, "grpc-js"));
  const program = `${CONNECT}
    import { ChannelCredentials, Client, Server } from "@grpc/grpc-js";
    const peer = "spiffe://example.org/bot/default/crm";
    const text = { serialize: (value) => Buffer.from(value), deserialize: (bytes) => bytes.toString() };
    const method = { path: "/t.T/Echo", requestStream: false, responseStream: false,
      requestSerialize: text.serialize, requestDeserialize: text.deserialize,
      responseSerialize: text.serialize, responseDeserialize: text.deserialize };
    const credentials = bot.grpcCredentials({ peer });
    const { grpc, listen, close } = bot.grpcServer({ authorize: peer });
    const { peerOf } = await import("botpass");
    grpc.addService({ Echo: method }, { Echo: (call, answer) => answer(null, call.request + " " + peerOf(call).spiffeId) });
    const port = await listen({ host: "127.0.0.1", port: 0 });
    const client = new Client("127.0.0.1:" + port, credentials);
    const said = await new Promise((resolve, reject) => client.makeUnaryRequest(method.path, text.serialize, text.deserialize, "hello",
      (error, value) => error ? reject(error) : resolve(value)));
    console.log(JSON.stringify([credentials instanceof ChannelCredentials, grpc instanceof Server, said]));
    client.close();
    await close(0);
    await bot.close();`;
  expect(await run(program, await token())).toEqual([
    true,
    true,
    "hello spiffe://example.org/bot/default/crm",
  ]);
});

test("the licences of what is in it are with it", () => {
  const text = readFileSync(join(installed, "dist/lib/LICENSES.txt"), "utf8");
  const names = [...text.matchAll(/^(@?[a-z0-9/-]+) \d+\.\d+\.\d+ \(.+\)$/gm)].map(
    ([, name]) => name,
  );
  expect(names).toEqual(["@grpc/grpc-js", "@js-sdsl/ordered-map"]);
  expect(text).toContain("Apache License");
  expect(text).toContain("MIT License");
});
