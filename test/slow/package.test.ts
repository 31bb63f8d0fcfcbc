// The packages as bots and operators have them: what `npm run build` made, packed, and installed by npm where nothing else is.
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as library from "../../src/index.ts";
import * as spiffe from "../../src/spiffe/index.ts";
import * as workloadApi from "../../src/workload-api.ts";
import { buildAndPack, bytesUnder, emptyProject, filesUnder, hashOf } from "../support/packed.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const ROOT = join(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "bp-package-"));
const project = join(directory, "bot");
const installed = join(project, "node_modules/botpass");
let packed: ReturnType<typeof buildAndPack>;
let server: TestServer;

beforeAll(async () => {
  packed = buildAndPack(join(directory, "packed"));
  emptyProject(project, packed.botpass.tarball);
  server = await runningServer();
  await server.register("crm");
}, 240_000);
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** What a program prints, as JSON. Rejects with what it wrote when it fails. */
async function run(
  program: string,
  env: Record<string, string> = {},
  name = "program.mjs",
): Promise<unknown> {
  const file = join(project, name);
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

test("`require` gives what `import` gives: the same classes, the same functions", async () => {
  const program = `
    const required = require("botpass");
    import("botpass").then((imported) => {
      const names = Object.keys(imported);
      const differing = names.filter((name) => imported[name] !== required[name]);
      const spiffe = require("botpass/spiffe").SpiffeId === imported.SpiffeId;
      const others = ["botpass/workload-api"].map((name) => Object.keys(require(name)).length > 0);
      console.log(JSON.stringify([names.length > 20, differing, spiffe, others]));
    });`;
  expect(await run(program, {}, "program.cjs")).toEqual([true, [], true, [true]]);
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
  mkdirSync(scope, { recursive: true });
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
  const text = readFileSync(join(installed, "lib/LICENSES.txt"), "utf8");
  const names = [...text.matchAll(/^(@?[a-z0-9/-]+) \d+\.\d+\.\d+ \(.+\)$/gm)].map(
    ([, name]) => name,
  );
  expect(names).toEqual(["@grpc/grpc-js", "@js-sdsl/ordered-map"]);
  expect(text).toContain("Apache License");
  expect(text).toContain("MIT License");
});

test("it is small, and holds nothing of the server and no package of it", () => {
  const modules = join(project, "node_modules");
  const mebibytes = (folder: string) => (bytesUnder(folder) / 2 ** 20).toFixed(2);
  const size = bytesUnder(modules);
  process.stdout.write(
    `botpass installed: ${mebibytes(modules)} MiB, of it botpass ${mebibytes(installed)}\n`,
  );
  expect(size).toBeLessThan(15 * 2 ** 20);
  const lock = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
  expect(Object.keys(lock.packages)).toEqual(["", "node_modules/botpass", "node_modules/undici"]);
  const servers = filesUnder(installed).filter((name) =>
    /(^|\/)(server|store|ca|cli|issuance|attestation)\//.test(name),
  );
  expect(servers).toEqual([]);
});

describe.each(["botpass", "botpass-server"] as const)("the package %s", (name) => {
  test("has each file's SHA-256 in SHA256SUMS, and names its commit", () => {
    const { folder, tarball } = packed[name];
    const sums = new Map(
      readFileSync(join(folder, "SHA256SUMS"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => [line.slice(66), line.slice(0, 64)] as const),
    );
    const listed = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" });
    const files = listed
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^package\//, ""));
    expect([...sums.keys(), "SHA256SUMS"].sort()).toEqual(files.sort());
    const unpacked = join(directory, `unpacked-${name}`);
    mkdirSync(unpacked);
    execFileSync("tar", ["-xzf", tarball, "-C", unpacked]);
    for (const [file, sum] of sums) expect(hashOf(join(unpacked, "package", file)), file).toBe(sum);
    const check = (): number | null =>
      spawnSync("sha256sum", ["--quiet", "-c", "SHA256SUMS"], { cwd: join(unpacked, "package") })
        .status;
    expect(check()).toBe(0);
    writeFileSync(join(unpacked, "package/README.md"), "changed");
    expect(check()).not.toBe(0);
    const commit = spawnSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" });
    expect(JSON.parse(readFileSync(join(folder, "PROVENANCE.json"), "utf8"))).toMatchObject({
      version: JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version,
      commit: commit.stdout.trim(),
      lockfileSha256: hashOf(join(ROOT, "package-lock.json")),
    });
  });

  test("publint finds nothing", async () => {
    const { publint } = await import("publint");
    const { messages } = await publint({ pkgDir: packed[name].folder, strict: true });
    expect(messages).toEqual([]);
  });

  test("names every package that its files import", () => {
    const { folder } = packed[name];
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const named = { ...manifest.dependencies, ...manifest.peerDependencies };
    const missing = filesUnder(folder)
      .filter((file) => /\.js$/.test(file))
      .flatMap((file) =>
        [
          ...readFileSync(join(folder, file), "utf8").matchAll(
            /\bfrom ?"([^".][^"]*)";|^import ?"([^".][^"]*)";|\b(?:import|require)\("([^".][^"]*)"\)/gm,
          ),
        ].map((match) => [file, match[1] ?? match[2] ?? match[3] ?? ""] as const),
      )
      .filter(([, specifier]) => !specifier.startsWith("node:"))
      .filter(([, specifier]) => {
        const [scope = "", second = ""] = specifier.split("/");
        return !Object.hasOwn(named, scope.startsWith("@") ? `${scope}/${second}` : scope);
      });
    expect(missing).toEqual([]);
  });
});

test("README.md of botpass-server names each folder that is in it, and no other", () => {
  const { folder } = packed["botpass-server"];
  const foldersOf = (name: string): string[] =>
    readdirSync(join(folder, name), { withFileTypes: true })
      .filter((each) => each.isDirectory())
      .map((each) => `${name}${each.name}/`);
  const there = foldersOf("").flatMap((name) => (name === "deploy/" ? foldersOf(name) : [name]));
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const named = [...readme.matchAll(/^- `(.+?)`:/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(there.filter((name) => name !== "dist/").sort());
});

test("links in the documents of botpass-server lead to what is in it", () => {
  const { folder } = packed["botpass-server"];
  const pages = filesUnder(folder).filter((name) => name.endsWith(".md"));
  expect(pages.length).toBeGreaterThan(30);
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(folder, page), "utf8").matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(([, link = ""]) => join(folder, page, "..", link))
      .filter((file) => !existsSync(file))
      .map((file) => `${page}: ${file}`),
  );
  expect(dead).toEqual([]);
});

test("types are right for import and for require (are-the-types-wrong)", () => {
  const attw = join(ROOT, "node_modules/.bin/attw");
  const args = [packed.botpass.tarball, "--profile", "node16", "--no-emoji", "--no-color"];
  const { status, stdout } = spawnSync(attw, args, { encoding: "utf8" });
  expect(stdout).toContain('"botpass/workload-api"');
  expect(status, stdout).toBe(0);
}, 60_000);

const CONSUMER = `
import { type Bot, connect, IssuerError, under } from "botpass";
import { parseSpiffeId, type SpiffeId } from "botpass/spiffe";
import * as workload from "botpass/workload-api";
import { serveWorkloadApi } from "botpass/host";
export async function main(): Promise<string> {
  const bot: Bot = await connect({ tokenFile: "x" });
  const response = await bot.fetch("https://erp/", { peer: under("spiffe://example.org/bot") });
  // @ts-expect-error a peer is no number
  await bot.fetch("https://erp/", { peer: 5 });
  const id: SpiffeId = parseSpiffeId("spiffe://example.org/a");
  const code: string = new IssuerError("INTERNAL", "m").code;
  return [id.toString(), code, response.status, typeof workload, typeof serveWorkloadApi].join();
}
`;

test.each([
  ["node16", "consumer.mts"],
  ["node16", "consumer.cts"],
  ["nodenext", "consumer.mts"],
  ["nodenext", "consumer.cts"],
  ["bundler", "consumer.ts"],
])(
  "a program of TypeScript compiles under %s as %s, the library's types checked too",
  (resolution, name) => {
    const types = join(project, "node_modules/@types");
    mkdirSync(types, { recursive: true });
    for (const each of ["@types/node", "undici-types"]) {
      const link = join(project, "node_modules", each);
      rmSync(link, { force: true });
      symlinkSync(join(ROOT, "node_modules", each), link);
    }
    // A bot without gRPC of its own.
    rmSync(join(project, "node_modules/@grpc"), { recursive: true, force: true });
    writeFileSync(join(project, name), CONSUMER);
    const module = resolution === "bundler" ? "esnext" : resolution;
    const flags = [
      "--noEmit",
      "--strict",
      "--target",
      "es2023",
      "--lib",
      "es2023,esnext.disposable",
    ];
    const options = [
      ...flags,
      "--types",
      "node",
      "--module",
      module,
      "--moduleResolution",
      resolution,
    ];
    for (const compiler of ["typescript", "@arethetypeswrong/core/node_modules/typescript"]) {
      const tsc = join(ROOT, "node_modules", compiler, "bin/tsc");
      // The older one's own libraries clash with those of newer @types/node.
      const skip = compiler === "typescript" ? "false" : "true";
      const args = [tsc, ...options, "--skipLibCheck", skip, join(project, name)];
      const { status, stdout } = spawnSync(process.execPath, args, {
        cwd: project,
        encoding: "utf8",
      });
      expect(status, stdout).toBe(0);
    }
  },
  120_000,
);

test("an operator's machine: the installed server runs, and a bot of the other package gets its SVID from it", async () => {
  const machine = emptyProject(join(directory, "operator"), packed["botpass-server"].tarball);
  const modules = join(machine, "node_modules");
  const size = bytesUnder(modules);
  process.stdout.write(`botpass-server installed: ${(size / 2 ** 20).toFixed(1)} MiB\n`);
  const env = {
    PATH: process.env.PATH,
    BOTPASS_DATA_DIR: join(machine, "data"),
    BOTPASS_BOTS_SOCKET: "",
    BOTPASS_LOG_LEVEL: "fatal",
  };
  const command = join(modules, ".bin/botpass");
  const botpass = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(command, args, { env })).stdout;
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(await botpass("--version")).toBe(`${version}\n`);
  const files = join(modules, "botpass-server");
  expect(await botpass("man")).toBe(readFileSync(join(files, "man/botpass.1"), "utf8"));
  const completion = readFileSync(join(files, "completions/botpass.bash"), "utf8");
  expect(await botpass("completion", "bash")).toBe(completion);
  const issuer = spawn(
    command,
    ["server", "run", "--trust-domain", "example.org", "--listen", "127.0.0.1:0"],
    { env, stdio: ["ignore", "ignore", "pipe"] },
  );
  try {
    await once(issuer.stderr, "data");
    await botpass("bot", "register", "crm", "--owner", "o", "--purpose", "p");
    const program = (load: string) => `${load}
      connect().then(async (bot) => {
        console.log(JSON.stringify(bot.x509Svid().spiffeId.toString()));
        await bot.close();
      });`;
    const esm = program('import { connect } from "botpass";');
    const cjs = program('const { connect } = require("botpass");');
    for (const [text, file] of [
      [esm, "bot.mjs"],
      [cjs, "bot.cjs"],
    ] as const) {
      const token = (await botpass("token", "create", "--bot", "crm")).trim();
      const id = await run(text, { BOTPASS_TOKEN: token }, file);
      expect(id).toBe("spiffe://example.org/bot/default/crm");
    }
    // As the examples for pipelines have it; npx finds the package where it would fetch it.
    const job = readFileSync(join(ROOT, "examples/github-actions/deploy.yml"), "utf8");
    const [line = ""] = /npx .*/.exec(job) ?? [];
    const script = '#!/bin/sh\necho "deployed by $SPIFFE_ENDPOINT_SOCKET"\n';
    writeFileSync(join(machine, "deploy.sh"), script, { mode: 0o755 });
    const token = (await botpass("token", "create", "--bot", "crm")).trim();
    const { stdout } = await promisify(execFile)("sh", ["-c", line], {
      cwd: machine,
      env: { ...env, BOTPASS_TOKEN: token },
    });
    expect(stdout).toMatch(/^deployed by unix:\/\//);
  } finally {
    issuer.kill("SIGTERM");
    await once(issuer, "close");
  }
}, 240_000);

test("a second build makes the same bytes", () => {
  const again = buildAndPack(join(directory, "again"));
  for (const name of ["botpass", "botpass-server"] as const) {
    expect(again[name].sha256, name).toBe(packed[name].sha256);
  }
}, 120_000);
