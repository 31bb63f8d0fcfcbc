// The finance-close bot: approved by a second person, copied, not reviewed in time, and believed years later.
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Actor, operator, startActor } from "./processes.ts";
import type { Stage } from "./stage.ts";

type Operator = ReturnType<typeof operator>;

interface Finance {
  readonly bob: Operator;
  readonly key: string;
  readonly report: string;
  readonly statement: string;
  readonly bot: Actor;
}

async function invited(stage: Stage, name: string, ...roles: string[]): Promise<Operator> {
  const person = operator(join(stage.directory, name));
  const flags = roles.flatMap((role) => ["--role", role]);
  await person.login(await stage.botpass("operator", "invite", name, ...flags));
  return person;
}

async function revisionOf(person: Operator, bot: string): Promise<string> {
  const shown = await person.botpass("bot", "show", bot, "--output", "json");
  return String((JSON.parse(shown) as { revision: number }).revision);
}

async function refusal(work: Promise<string>): Promise<string> {
  return work.then(
    () => "",
    (error: Error) => error.message.split("\n")[0]?.replace(/^.* failed: botpass: /, "") ?? "",
  );
}

export async function financeBegins(stage: Stage): Promise<Finance> {
  stage.tell(
    "alice, a registrar and approver, and bob, an approver, log in from their own machines",
  );
  const alice = await invited(stage, "alice", "registrar", "approver");
  const bob = await invited(stage, "bob", "approver");

  stage.tell("alice registers a finance-close bot; in finance a second person approves");
  const purpose = ["--purpose", "closes the month", "--ticket", "FIN-204"];
  const where = ["--environment", "finance", "--owner", "alice", "--deputy", "bob"];
  await alice.botpass("bot", "register", "closer", ...where, ...purpose, "--x509-ttl", "2m");
  await alice.botpass("bot", "propose", "closer");
  const revision = ["--revision", await revisionOf(alice, "closer")];
  const state = join(stage.directory, "closer");
  const early = await refusal(stage.token("closer"));
  stage.must(early.includes("BOT_NOT_APPROVED"), `before that it gets no join token: ${early}`);
  const own = await refusal(alice.botpass("bot", "approve", "closer", ...revision));
  stage.must(own !== "", `alice cannot approve what she wrote: ${own}`);
  await bob.botpass("bot", "approve", "closer", ...revision);
  const bot = await stage.actor("finance-bot.ts", "closer", { BOTPASS_STATE_DIR: state });
  const first = (await bot.ask("serial")).serial;
  stage.must(typeof first === "string", "bob approves it, and it gets its SVID");

  stage.tell("it signs its report; the signature is in the log");
  const report = join(stage.directory, "close-2026-10.csv");
  const text = "month,result\n2026-10,balanced\n";
  writeFileSync(report, text);
  const { statement } = await bot.ask("sign", { text });
  const signature = `${report}.sig`;
  writeFileSync(signature, String(statement));
  const key = await stage.botpass("audit", "key");

  stage.tell("somebody copies its state directory, and uses it after the bot has rotated");
  const stolen = join(stage.directory, "stolen");
  cpSync(state, stolen, { recursive: true });
  while ((await bot.ask("serial")).serial === first) await sleep(200);
  // Until the issuer knows that the new SVID is in use.
  await sleep(1000);
  const thief = await startActor("finance-bot.ts", { BOTPASS_STATE_DIR: stolen });
  const caught = String((await thief.ask("ended")).ended);
  await thief.stop();
  stage.must(caught === "INSTANCE_LOCKED", `the copy gets nothing: ${caught}`);
  const [locked] = await stage.audit("--type", "instance.locked");
  stage.must(locked?.bot === "closer", "the instance is locked, and the audit says so");
  await bot.stop();
  const again = await stage.actor("finance-bot.ts", "closer");
  stage.must(
    typeof (await again.ask("serial")).serial === "string",
    "the bot proves itself afresh",
  );
  return { bob, key, report, statement: signature, bot: again };
}

export async function financeIsOverdue(stage: Stage, finance: Finance): Promise<void> {
  stage.tell("nobody has reviewed the finance-close bot in time");
  const { bob, bot } = finance;
  let ended = "";
  for (let tries = 0; ended === "" && tries < 300; tries += 1) {
    await sleep(100);
    ended = String((await bot.ask("ended")).ended);
  }
  const types = (await stage.audit("--bot", "closer")).map(({ type }) => String(type));
  for (const step of ["bot.review_overdue", "bot.restricted", "bot.suspended"]) {
    stage.must(types.includes(step), `the audit has ${step}`);
  }
  stage.must(ended.startsWith("suspended"), `the bot was told: ${ended}`);
  await bob.botpass("bot", "review", "closer", "--reason", "still closes the month");
  await bob.botpass("bot", "resume", "closer", "--reason", "reviewed");
  const next = await stage.actor("finance-bot.ts", "closer");
  stage.must(
    typeof (await next.ask("serial")).serial === "string",
    "bob reviews it, and it goes on",
  );

  stage.tell("an auditor verifies the report: the SVID that signed it is long denied");
  const { report, statement, key } = finance;
  const who = "spiffe://demo.example/bot/finance/closer";
  const verify = ["verify", report, statement, "--key", key, "--spiffe-id", who];
  const verified = await stage.botpass(...verify);
  stage.must(verified.includes(who), `botpass verify: ${verified.split("\n")[0]}`);
  writeFileSync(report, "month,result\n2026-10,not balanced\n");
  const edited = await refusal(stage.botpass(...verify));
  stage.must(edited !== "", "an edited report is not believed");
}
