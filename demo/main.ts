// The story of one bot, told with real processes over real sockets, in under a minute. Exits non-zero when a step
// does not come out as it should.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectPlain } from "node:tls";
import { type Actor, botpass, type Place, startActor, startIssuer } from "./processes.ts";

const directory = mkdtempSync(join(tmpdir(), "botpass-demo-"));
const place: Place = {
  dataDir: join(directory, "data"),
  botsSocket: join(directory, "bots/bots.sock"),
};
const begun = Date.now();
const actors: Actor[] = [];

function tell(text: string): void {
  const seconds = ((Date.now() - begun) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`${seconds} s  ${text}\n`);
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`this should hold and does not: ${what}`);
  tell(`       ok: ${what}`);
}

async function register(name: string, ...flags: string[]): Promise<void> {
  await botpass(place, "bot", "register", name, "--environment", "prod", ...flags);
}

async function actor(file: string, bot: string): Promise<Actor> {
  const started = await startActor(file, await botpass(place, "token", "create", "--bot", bot));
  actors.push(started);
  return started;
}

async function audit(...filter: string[]): Promise<Record<string, unknown>[]> {
  const printed = await botpass(place, "audit", "list", ...filter, "--output", "json");
  return (JSON.parse(printed) as { records: Record<string, unknown>[] }).records;
}

/** Somebody without any SVID knocks; true when nothing was answered. */
function strangerIsRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host: "127.0.0.1", port, rejectUnauthorized: false });
    socket.on("secureConnect", () => socket.write("GET / HTTP/1.1\r\nHost: erp\r\n\r\n"));
    socket.on("data", () => resolve(false));
    socket.on("error", () => resolve(true));
    socket.on("close", () => resolve(true));
  });
}

async function story(): Promise<void> {
  tell("the issuer starts: botpass server run --trust-domain demo.example");
  const issuer = await startIssuer(place, "demo.example");
  actors.push({
    ask: () => Promise.reject(new Error("not asked")),
    stop: async () => {
      if (issuer.exitCode !== null) return;
      issuer.kill("SIGTERM");
      await new Promise((resolve) => issuer.once("exit", resolve));
    },
  });

  tell("an operator registers two bots and two services, each with owner and purpose");
  const ttl = ["--x509-ttl", "2m"];
  await register("erp", "--kind", "service", "--owner", "bob@demo.example", "--purpose", "the ERP");
  await register("crm", "--kind", "service", "--owner", "bob@demo.example", "--purpose", "the CRM");
  const poster = ["--owner", "alice@demo.example", "--purpose", "posts supplier invoices"];
  await register("invoice-poster", ...poster, ...ttl);
  const support = ["--owner", "carol@demo.example", "--purpose", "answers customers"];
  await register("support", ...support, "--audience", "crm", "--audience", "erp");

  tell("services and bots start, each with a join token of its own");
  const erp = await actor("erp.ts", "erp");
  const crm = await actor("crm.ts", "crm");
  const rpa = await actor("rpa-bot.ts", "invoice-poster");
  const supportBot = await actor("support-bot.ts", "support");
  const erpPort = Number((await erp.ask("port")).port);
  const crmPort = Number((await crm.ask("port")).port);

  tell("the RPA bot posts invoices over mTLS, eight at a time, while its SVID rotates");
  await rpa.ask("start", { port: erpPort });
  for (let tries = 0; tries < 200; tries += 1) {
    await sleep(100);
    const { sent, rotations } = await rpa.ask("counts");
    if (Number(sent) >= 1500 && Number(rotations) >= 6) break;
  }
  const counts = await rpa.ask("counts");
  const rows = await erp.ask("count");
  tell(`       ${counts.sent} invoices, ${counts.failed} failed, ${counts.rotations} rotations`);
  must(Number(counts.sent) >= 1000, "at least 1,000 requests");
  must(counts.failed === 0, `no request failed ${JSON.stringify(counts.failures)}`);
  must(
    Number(counts.leastInFlight) >= 1,
    `requests in flight at each rotation, at least ${counts.leastInFlight}`,
  );
  must(Number(rows.serials) >= 5, `${rows.serials} distinct serials in the ERP's rows`);

  tell("the support bot asks the CRM with a JWT-SVID");
  const looked = await supportBot.ask("lookUp", { port: crmPort, audience: "crm" });
  must(looked.status === 200, `the CRM knows the caller: ${JSON.stringify(looked.body)}`);
  const other = await supportBot.ask("lookUp", { port: crmPort, audience: "erp" });
  must(
    other.status === 401,
    `a token for another audience is refused: ${JSON.stringify(other.body)}`,
  );

  tell("who should not get in, does not");
  must(await strangerIsRefused(erpPort), "a stranger without an SVID is refused by the ERP");
  const wrong = await supportBot.ask("tryErp", { port: erpPort });
  const { refusals } = await erp.ask("refusals");
  must(wrong.status === undefined, "the support bot, a valid identity, is refused by the ERP");
  must(
    JSON.stringify(refusals) === '["CLIENT_CERTIFICATE_REQUIRED","PEER_NOT_AUTHORIZED"]',
    `the ERP says why: ${JSON.stringify(refusals)}`,
  );

  tell("the RPA bot is retired, with one busy and one idle connection open");
  await rpa.ask("idle", { port: erpPort });
  const { serialHex, leftMs } = await rpa.ask("svid");
  must(Number(leftMs) >= 60_000, `its SVID had ${Math.round(Number(leftMs) / 1000)} s to live`);
  await botpass(place, "bot", "retire", "invoice-poster", "--reason", "replaced by the API");
  await sleep(1000);
  const [record] = await audit("--type", "bot.retired");
  const retiredAt = Date.parse(String(record?.time));
  const { closed } = (await erp.ask("closed")) as {
    closed: { serial: string; at: number; requests: number }[];
  };
  const cut = closed.filter((each) => each.at >= retiredAt);
  const idle = cut.filter((each) => each.requests === 0);
  const busy = cut.filter((each) => each.requests > 0);
  const slowest = (each: typeof cut): number => Math.max(...each.map(({ at }) => at - retiredAt));
  must(idle.length >= 1, `the idle connection was closed ${slowest(idle)} ms after the retirement`);
  must(busy.length >= 1, `${busy.length} busy ones within ${slowest(busy)} ms`);
  must(slowest(cut) < 1000, "all of them in less than a second, as the ERP timed it");
  const told = await rpa.ask("retired");
  must(told.retired !== "", `the bot was told: ${told.retired}`);
  await rpa.ask("stop");

  tell("an auditor asks: which automation changed invoice 1000?");
  const invoice = await erp.ask("invoice", 1000);
  const serial = String(invoice.serial);
  tell(`       invoice 1000, sent by ${invoice.caller} with serial ${serial}`);
  tell(`       botpass explain --serial ${serial}`);
  const key = await botpass(place, "audit", "key");
  const asked = ["explain", "--serial", serial, "--key", key];
  const shown = await botpass(place, ...asked);
  for (const line of shown.split("\n\n")[0]?.split("\n") ?? []) tell(`         ${line}`);
  const explained = JSON.parse(await botpass(place, ...asked, "--output", "json")) as Explained;
  const [instance] = explained.instances;
  const [entry] = explained.entries;
  must(explained.bot === "invoice-poster", "the invoice's row leads to the bot");
  must(explained.passport.fields.owner === "alice@demo.example", "to its owner");
  must(Boolean(entry?.made.by), `to the entry, and who wrote it: ${entry?.made.by}`);
  must(instance?.evidence?.attestor === "join_token", "to the evidence");
  must(Boolean(instance?.remoteAddress && instance.keySha256), "to the process: address and key");
  must(
    explained.since.some(({ type }) => type === "bot.retired"),
    "to its end",
  );
  must(explained.proof.records.length >= 6, "each by a record that is proven to be in the log");
  must(serial.length === 32 && String(serialHex).length === 32, "by the serial in the ERP's row");
}

/** What is used here of `botpass explain --output json`. */
interface Explained {
  readonly bot: string;
  readonly passport: { readonly fields: Readonly<Record<string, string>> };
  readonly entries: readonly { readonly made: { readonly by: string } }[];
  readonly instances: readonly {
    readonly evidence: { readonly attestor: string } | null;
    readonly remoteAddress: string | null;
    readonly keySha256: string | null;
  }[];
  readonly since: readonly { readonly type: string }[];
  readonly proof: { readonly records: readonly number[] };
}

let failed = false;
try {
  await story();
  tell("the end: every step came out as it should");
} catch (error) {
  failed = true;
  tell(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  for (const each of actors.reverse()) await each.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
