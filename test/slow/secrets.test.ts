// After a whole run no token secret and no private key is found where none belongs; a planted one is.
import { type ChildProcess, fork } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseTokenString } from "../../src/wire/index.ts";
import { serverProcess } from "../support/server-process.ts";

const server = await serverProcess("trace");
afterAll(() => server.remove());

/** The forms in which the bytes of a secret could stand somewhere. */
function formsOf(secret: Buffer): Buffer[] {
  const texts = [
    secret.toString("hex"),
    secret.toString("hex").toUpperCase(),
    secret.toString("base64"),
    secret.toString("base64").replace(/=+$/, ""),
    secret.toString("base64url"),
  ];
  return [secret, ...texts.map((text) => Buffer.from(text))];
}

/** Names of secrets that stand in the haystack. */
function found(secrets: ReadonlyMap<string, Buffer>, haystack: Buffer): string[] {
  return [...secrets].flatMap(([name, secret]) =>
    formsOf(secret).some((form) => haystack.includes(form)) ? [name] : [],
  );
}

/** The secret number of a private key, and its whole encodings. */
function partsOf(name: string, pem: string): [string, Buffer][] {
  const key = createPrivateKey(pem);
  const { d = "" } = key.export({ format: "jwk" });
  return [
    [`${name}: number`, Buffer.from(d, "base64url")],
    [`${name}: PKCS#8`, key.export({ format: "der", type: "pkcs8" })],
    [`${name}: SEC1`, key.export({ format: "der", type: "sec1" })],
    [`${name}: text`, Buffer.from(pem.split("\n")[1] ?? "")],
  ];
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const about = statSync(path);
    return about.isDirectory() ? filesUnder(path) : about.isFile() ? [path] : [];
  });
}

test("no secret is where none belongs", { timeout: 60_000 }, async () => {
  await server.start();
  await server.botpass("bot", "register", "a", "--owner", "o", "--purpose", "p", "--audience", "x");
  const token = await server.botpass("token", "create", "--bot", "a");
  const unused = await server.botpass("token", "create", "--bot", "a", "--uses", "3");
  const state = join(server.directory, "state");
  const program = join(server.directory, "bot.ts");
  const library = join(import.meta.dirname, "../../src/index.ts");
  writeFileSync(
    program,
    `import { connect } from ${JSON.stringify(library)};
     const bot = await connect({ rotateAt: 0.0001 });
     await bot.jwtSvid("x");
     await bot.jwtSvid("not allowed").catch(() => undefined);
     await new Promise((resolve) => setTimeout(resolve, 1500));
     process.send({ environment: JSON.stringify(process.env), argv: JSON.stringify(process.argv) });
     process.on("message", () => process.exit(0));`,
  );
  const bot: ChildProcess = fork(program, {
    env: { ...process.env, BOTPASS_TOKEN: token, BOTPASS_STATE_DIR: state },
  });
  const [told] = (await once(bot, "message")) as [{ environment: string; argv: string }];
  const arguments_ = [server.pid(), bot.pid ?? 0].map((pid) =>
    readFileSync(`/proc/${pid}/cmdline`),
  );
  // A second key, a wrong secret: refusals are logged and audited, too.
  const wrong = { BOTPASS_TOKEN: token };
  const second = fork(program, {
    env: { ...process.env, ...wrong },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let complaint = "";
  second.stderr?.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  await once(second, "exit");
  expect(complaint).toContain("TOKEN_INVALID");
  await server.botpass("x509", "mint", "--bot", "a", "--out", join(server.directory, "minted"));
  const jwtSvid = await server.botpass("jwt", "mint", "--bot", "a", "--audience", "x");

  const secrets = new Map<string, Buffer>([
    ["token", parseTokenString(token).secret],
    ["token that was not used", parseTokenString(unused).secret],
    ["token's string", Buffer.from(token.slice(-60))],
    ["JWT-SVID's signature", Buffer.from(jwtSvid.split(".")[2] ?? "", "base64url")],
  ]);
  const keyFiles = filesUnder(join(server.dataDir, "keys"));
  expect(keyFiles).toHaveLength(2);
  for (const file of keyFiles) {
    for (const [name, part] of partsOf("authority", readFileSync(file, "utf8")))
      secrets.set(name + file, part);
  }
  const saved = JSON.parse(readFileSync(join(state, "identity.json"), "utf8")) as {
    svids: { privateKey: string }[];
    tokenKey: { privateKeyPem: string };
  };
  for (const pem of [saved.svids[0]?.privateKey ?? "", saved.tokenKey.privateKeyPem]) {
    for (const [name, part] of partsOf("bot's key", pem)) secrets.set(name + part.length, part);
  }

  const audit = await server.botpass("audit", "list", "--output", "json");
  const places = new Map<string, Buffer>([
    ["log", Buffer.from(server.log())],
    ["audit", Buffer.from(audit)],
    ["the bot's environment", Buffer.from(told.environment)],
    ["the bot's arguments", Buffer.from(told.argv)],
    ["what the refused bot said", Buffer.from(complaint)],
    ...arguments_.map((bytes, index): [string, Buffer] => [`arguments ${index}`, bytes]),
  ]);
  for (const file of filesUnder(server.dataDir)) {
    if (!file.startsWith(join(server.dataDir, "keys"))) places.set(file, readFileSync(file));
  }
  expect([...places.keys()].some((name) => name.endsWith("-wal"))).toBe(true);
  expect(server.log().length).toBeGreaterThan(100);
  for (const [place, content] of places) expect(found(secrets, content), place).toEqual([]);

  // The search finds what is there, in each form.
  for (const [name, secret] of secrets) {
    for (const form of formsOf(secret)) {
      const planted = Buffer.concat([Buffer.from("before "), form, Buffer.from(" after")]);
      expect(found(secrets, planted)).toContain(name);
    }
  }
  expect(found(secrets, readFileSync(keyFiles[0] ?? "")).length).toBeGreaterThan(0);
  for (const file of [...keyFiles, join(state, "identity.json")]) {
    expect(statSync(file).mode & 0o077, file).toBe(0);
  }
  bot.send("end");
  await once(bot, "exit");
});
