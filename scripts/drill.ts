// The drill: a bot's SVID and key are stolen and used from elsewhere. `npm run drill`, about two minutes. Exits with 1 when a step does
// not come out as it should.
import { X509Certificate } from "node:crypto";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../src/index.ts";
import { ELSEWHERE, exploit, type Haul, lootOf } from "../test/drill/thief.ts";
import {
  BOT,
  BOT_ID,
  ENVOY_SECONDS,
  openTown,
  type Service,
  SVID_SECONDS,
  type Town,
} from "../test/drill/town.ts";

const begun = performance.now();

function tell(text: string): void {
  const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(6);
  console.log(text.replace(/^/gm, `${seconds} s  `));
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`this should hold and does not: ${what}`);
  tell(`  ok: ${what}`);
}

async function until(what: string, limitMs: number, holds: () => boolean): Promise<void> {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`this did not happen in ${limitMs} ms: ${what}`);
    await sleep(10);
  }
}

/** Calls all services all the time, and counts. */
function workOf({ bot, services }: Town) {
  const counts = { requests: 0, failures: [] as string[] };
  const failed = (name: string, why: unknown): void => {
    counts.failures.push(`${name}: ${why} ${why instanceof Error ? why.cause : ""}`);
  };
  let going = true;
  const work = (async () => {
    while (going) {
      for (const { name, port, id } of services) {
        counts.requests += 1;
        try {
          const response = await bot.fetch(`https://127.0.0.1:${port}/`, { peer: id });
          await response.text();
          if (response.status !== 200) failed(name, `status ${response.status}`);
        } catch (error) {
          failed(name, error);
        }
      }
      await sleep(50);
    }
  })();
  return {
    counts,
    async stop() {
      going = false;
      await work;
    },
  };
}

function noneFailed({ counts }: ReturnType<typeof workOf>, what: string): void {
  const { failures } = counts;
  must(
    failures.length === 0,
    `${what}${failures
      .slice(0, 3)
      .map((each) => `; ${each}`)
      .join("")}`,
  );
}

type Exploit = ReturnType<typeof exploit>;

async function steal(town: Town): Promise<{ readonly copy: string; readonly serial: string }> {
  const copy = join(town.directory, `stolen-${Math.round(performance.now())}`);
  cpSync(town.stateDirectory, copy, { recursive: true });
  return { copy, serial: new X509Certificate(lootOf(copy).cert).serialNumber.toLowerCase() };
}

/** The thief is at all services, on open connections and new ones. */
async function breakIn(services: readonly Service[], copy: string): Promise<readonly Exploit[]> {
  const loot = lootOf(copy);
  const exploits = services.map(({ port }) => exploit(port, loot));
  const inside = ({ haul }: Exploit): boolean =>
    haul.lastNewMs !== undefined && haul.lastByteMs !== undefined;
  await until("the thief is in", 10_000, () => exploits.every(inside));
  return exploits;
}

/** From the cause to the last that was had. */
function after(fromMs: number, ms: number | undefined): string {
  if (ms === undefined) return "never";
  return ms <= fromMs ? "nothing after it" : `${Math.round(ms - fromMs)} ms`;
}

/** @param expiresMs when the stolen SVID expires; all by `performance.now()`. */
function reportOf(
  services: readonly Service[],
  exploits: readonly Exploit[],
  fromMs: number,
  expiresMs: number,
): string {
  const left = Math.round((expiresMs - performance.now()) / 1000);
  const when = left > 0 ? `${left} s before the SVID expires` : `${-left} s after its expiry`;
  const row = (name: string, haul: Haul): string => {
    const fresh = haul.refused > 0 ? after(fromMs, haul.lastNewMs) : "goes on";
    const open = haul.openEnded ? after(fromMs, haul.lastByteMs) : `goes on, ${when}`;
    return `${name.padEnd(14)}${fresh.padEnd(26)}${open}`;
  };
  return [
    `${"service".padEnd(14)}${"last new connection after".padEnd(26)}last byte on the open connection after`,
    ...services.map(({ name }, index) => row(name, (exploits[index] as Exploit).haul)),
  ].join("\n");
}

/** When the newest record of this type was made, by `performance.now()`. */
async function recordedMs(town: Town, type: string): Promise<number> {
  const printed = await town.botpass("audit", "list", "--type", type, "--output", "json");
  const { records } = JSON.parse(printed) as { records: readonly { time: string }[] };
  return Date.parse(records.at(-1)?.time ?? "") - performance.timeOrigin;
}

const expiryOf = (copy: string): number =>
  new X509Certificate(lootOf(copy).cert).validToDate.getTime() - performance.timeOrigin;

/** An SVID and its key are used at services: the issuer sees nothing of it, a service does. */
async function firstAct(town: Town): Promise<void> {
  const { bot, services, alarms } = town;
  tell(`${BOT} calls its services: ${services.map(({ name }) => name).join(", ")}`);
  const work = workOf(town);
  await until("requests", 20_000, () => work.counts.requests > 15);
  noneFailed(work, "no request has failed");
  await renewed(town);

  const { copy, serial } = await steal(town);
  tell(`SVID ${serial} and its key are stolen, with the whole state directory`);
  const exploits = await breakIn(services, copy);
  tell(`the thief is at ${ELSEWHERE}, in plain Node, and all services let it in`);
  await until("an alarm", 5_000, () => alarms.length > 0);
  const alarm = alarms[0];
  tell(`detection: SVID ${alarm?.serial} is used from ${alarm?.addresses.join(" and ")}`);
  must(alarm?.serial === serial, "the service of this library names the SVID");

  tell(`botpass blast-radius bot ${BOT}`);
  tell(await town.botpass("blast-radius", "bot", BOT));
  tell(`botpass revoke --serial ${serial} --dry-run`);
  const revocation = ["revoke", "--serial", serial, "--reason", "stolen"];
  tell(await town.botpass(...revocation, "--dry-run"));
  await sleep(1_000);
  must(
    exploits.every(({ haul }) => haul.refused < 5),
    "a dry run ends nothing",
  );

  tell(`botpass ${revocation.join(" ")}`);
  const { requests: before } = work.counts;
  tell(await town.botpass(...revocation));
  const revokedMs = await recordedMs(town, "svid.revoked");
  tell("  times from here on are from the record of it");
  await until("another SVID", 5_000, () => bot.x509Svid().serialHex !== serial);
  must(true, `${BOT} has another SVID already: ${bot.x509Svid().serialHex}`);
  const [library, envoy, go] = exploits as [Exploit, Exploit, Exploit];
  await until(
    "the library lets go",
    5_000,
    () => library.haul.openEnded && library.haul.refused > 5,
  );
  must(
    (library.haul.lastByteMs ?? 0) - revokedMs < 1_000 &&
      (library.haul.lastNewMs ?? 0) - revokedMs < 1_000,
    `this library: last byte: ${after(revokedMs, library.haul.lastByteMs)}`,
  );
  await until("Envoy refuses", 10_000, () => envoy.haul.refused > 5);
  tell(`  Envoy, by its CRL: last new connection: ${after(revokedMs, envoy.haul.lastNewMs)}`);
  await until("Envoy closes", ENVOY_SECONDS * 1000 + 5_000, () => envoy.haul.openEnded);
  tell(`  Envoy: the open one ended with max_connection_duration (${ENVOY_SECONDS} s)`);
  tell("  go-spiffe reads no CRL: it goes on until the SVID expires …");
  await until("go-spiffe refuses", SVID_SECONDS * 1000 + 10_000, () => go.haul.refused > 5);
  await sleep(5_000);
  await work.stop();
  const report = reportOf(services, exploits, revokedMs, expiryOf(copy));
  for (const each of exploits) await each.stop();
  noneFailed(
    work,
    `${work.counts.requests} requests of ${BOT} (${work.counts.requests - before} since), none failed`,
  );
  tell(`report\n${report}`);
  tell(`botpass audit list --serial ${serial}`);
  const records = await town.botpass("audit", "list", "--serial", serial);
  tell(records);
  must(records.includes("svid.revoked"), "the audit has it, with who and why");
}

/** The bot has rotated since it was made. */
async function renewed({ bot }: Town): Promise<void> {
  const { serialHex } = bot.x509Svid();
  tell("waits for a fresh SVID, so that the stolen one has its life before it");
  await until("rotation", SVID_SECONDS * 1000, () => bot.x509Svid().serialHex !== serialHex);
  // It is saved.
  await sleep(500);
}

/** The copied state directory is used at the issuer: whoever comes second with an old SVID locks the instance. */
async function secondAct(town: Town): Promise<void> {
  const { bot, services } = town;
  const { copy, serial } = await steal(town);
  tell(`the state directory is stolen again, with SVID ${serial}`);
  const exploits = await breakIn(services, copy);
  await until("rotation", SVID_SECONDS * 1000, () => bot.x509Svid().serialHex !== serial);
  // The confirmation of the new one is on its way.
  await sleep(500);
  tell(`${BOT} has rotated; the thief comes to the issuer with the SVID before`);
  const locked = new Promise<string>((resolve) =>
    bot.once("locked", ({ reason }) => resolve(reason)),
  );
  const code = await connect({ env: {}, stateDirectory: copy }).then(
    () => "none: it was let in",
    (error: unknown) => String(Reflect.get(Object(error), "code")),
  );
  must(code === "INSTANCE_LOCKED", `the issuer refuses: ${code}`);
  const lockedMs = await recordedMs(town, "instance.locked");
  tell(`detection: ${BOT} is told: ${await locked}`);
  const [library, envoy] = exploits as [Exploit, Exploit];
  await until(
    "the library lets go",
    5_000,
    () => library.haul.openEnded && library.haul.refused > 5,
  );
  must(
    (library.haul.lastByteMs ?? 0) - lockedMs < 1_000 &&
      (library.haul.lastNewMs ?? 0) - lockedMs < 1_000,
    `this library: last byte: ${after(lockedMs, library.haul.lastByteMs)}`,
  );
  await until("Envoy refuses", 10_000, () => envoy.haul.refused > 5);
  await until("Envoy closes", ENVOY_SECONDS * 1000 + 5_000, () => envoy.haul.openEnded);
  const report = reportOf(services, exploits, lockedMs, expiryOf(copy));
  for (const each of exploits) await each.stop();
  tell(`report: times from the record of the lock\n${report}`);
  const audit = await town.botpass("audit", "list", "--bot", BOT, "--type", "instance.locked");
  tell(`botpass audit list --bot ${BOT} --type instance.locked\n${audit}`);
  must(audit.includes("instance.locked"), "the audit has it");
  const { value } = JSON.parse(
    await town.botpass("token", "create", "--bot", BOT, "--output", "json"),
  ) as { value: string };
  const again = await connect({ token: value, env: {} });
  must(
    again.spiffeId.toString() === BOT_ID,
    `${BOT} is back by a new token: ${again.x509Svid().serialHex}`,
  );
  await again.close();
}

tell("installs Envoy and the go-spiffe service, starts the issuer");
const town = await openTown();
try {
  await firstAct(town);
  await secondAct(town);
  tell("the drill is over, and came out as it should");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await town[Symbol.asyncDispose]();
}
// A thief that was left in the middle goes on.
process.exit();
