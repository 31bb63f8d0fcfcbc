// The RPA bot: posts invoices while its SVID rotates, is retired, and is found by an invoice.
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectPlain } from "node:tls";
import type { Actor } from "./processes.ts";
import type { Stage } from "./stage.ts";

interface Invoices {
  readonly erp: Actor;
  readonly rpa: Actor;
  readonly erpPort: number;
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

export async function invoicesArePosted(stage: Stage): Promise<Invoices> {
  stage.tell("an operator registers an RPA bot and the ERP, each with owner and purpose");
  await stage.register(
    "erp",
    "--kind",
    "service",
    "--owner",
    "bob@demo.example",
    "--purpose",
    "ERP",
  );
  const passport = ["--owner", "alice@demo.example", "--purpose", "posts supplier invoices"];
  await stage.register("invoice-poster", ...passport, "--x509-ttl", "2m");
  const erp = await stage.actor("erp.ts", "erp");
  const rpa = await stage.actor("rpa-bot.ts", "invoice-poster");
  const erpPort = Number((await erp.ask("port")).port);

  stage.tell("the RPA bot posts invoices over mTLS, eight at a time, while its SVID rotates");
  await rpa.ask("start", { port: erpPort });
  for (let tries = 0; tries < 200; tries += 1) {
    await sleep(100);
    const { sent, rotations } = await rpa.ask("counts");
    if (Number(sent) >= 1500 && Number(rotations) >= 6) break;
  }
  const counts = await rpa.ask("counts");
  const rows = await erp.ask("count");
  stage.tell(
    `       ${counts.sent} invoices, ${counts.failed} failed, ${counts.rotations} rotations`,
  );
  stage.must(Number(counts.sent) >= 1000, "at least 1,000 requests");
  stage.must(counts.failed === 0, `no request failed ${JSON.stringify(counts.failures)}`);
  stage.must(
    Number(counts.leastInFlight) >= 1,
    `requests in flight at each rotation, at least ${counts.leastInFlight}`,
  );
  stage.must(Number(rows.serials) >= 5, `${rows.serials} distinct serials in the ERP's rows`);
  return { erp, rpa, erpPort };
}

export async function whoPostsIsRetired(
  stage: Stage,
  { erp, rpa, erpPort }: Invoices,
): Promise<void> {
  stage.tell("who should not get in, does not");
  stage.must(await strangerIsRefused(erpPort), "a stranger without an SVID is refused by the ERP");
  const { refusals } = await erp.ask("refusals");
  const why = JSON.stringify(refusals);
  stage.must(
    why === '["PEER_NOT_AUTHORIZED","CLIENT_CERTIFICATE_REQUIRED"]',
    `the ERP says why it refused the support bot and the stranger: ${why}`,
  );

  stage.tell("the RPA bot is retired, with one busy and one idle connection open");
  await rpa.ask("idle", { port: erpPort });
  const { leftMs } = await rpa.ask("svid");
  const left = Math.round(Number(leftMs) / 1000);
  stage.must(Number(leftMs) >= 60_000, `its SVID had ${left} s to live`);
  await stage.botpass("bot", "retire", "invoice-poster", "--reason", "replaced by the API");
  await sleep(1000);
  const [record] = await stage.audit("--type", "bot.retired");
  const retiredAt = Date.parse(String(record?.time));
  const { closed } = (await erp.ask("closed")) as {
    closed: { serial: string; at: number; requests: number }[];
  };
  const cut = closed.filter((each) => each.at >= retiredAt);
  const idle = cut.filter((each) => each.requests === 0);
  const busy = cut.filter((each) => each.requests > 0);
  const slowest = (each: typeof cut): number => Math.max(...each.map(({ at }) => at - retiredAt));
  stage.must(idle.length >= 1, `the idle connection was closed ${slowest(idle)} ms afterwards`);
  stage.must(busy.length >= 1, `${busy.length} busy ones within ${slowest(busy)} ms`);
  stage.must(slowest(cut) < 1000, "all of them in less than a second, as the ERP timed it");
  const told = await rpa.ask("retired");
  stage.must(told.retired !== "", `the bot was told: ${told.retired}`);
  await rpa.ask("stop");
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

export async function invoicesAreExplained(stage: Stage, { erp }: Invoices): Promise<void> {
  stage.tell("an auditor asks: which automation changed invoice 1000?");
  const invoice = await erp.ask("invoice", 1000);
  const serial = String(invoice.serial);
  stage.tell(`       invoice 1000, sent by ${invoice.caller} with serial ${serial}`);
  stage.tell(`       botpass explain --serial ${serial}`);
  const key = await stage.botpass("audit", "key");
  const asked = ["explain", "--serial", serial, "--key", key];
  const shown = await stage.botpass(...asked);
  for (const line of shown.split("\n\n")[0]?.split("\n") ?? []) stage.tell(`         ${line}`);
  const printed = await stage.botpass(...asked, "--output", "json");
  const explained = JSON.parse(printed) as Explained;
  const [instance] = explained.instances;
  const [entry] = explained.entries;
  stage.must(explained.bot === "invoice-poster", "the invoice's row leads to the bot");
  stage.must(explained.passport.fields.owner === "alice@demo.example", "to its owner");
  stage.must(Boolean(entry?.made.by), `to the entry, and who wrote it: ${entry?.made.by}`);
  stage.must(instance?.evidence?.attestor === "join_token", "to the evidence");
  const process = Boolean(instance?.remoteAddress && instance.keySha256);
  stage.must(process, "to the process: address and key");
  const retired = explained.since.some(({ type }) => type === "bot.retired");
  stage.must(retired, "to its end");
  const records = explained.proof.records.length;
  stage.must(records >= 6, `each by a record that is proven to be in the log, ${records} in all`);
}
