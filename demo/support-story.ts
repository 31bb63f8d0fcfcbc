// The support bot: what it may, and why not the rest.
import type { Stage } from "./stage.ts";

/** What is used here of `botpass entry explain --instance … --output json`. */
interface Attempts {
  readonly attempts: readonly { readonly rule: string; readonly message: string }[];
}

export async function supportAsks(stage: Stage, erpPort: number): Promise<void> {
  await stage.register(
    "crm",
    "--kind",
    "service",
    "--owner",
    "bob@demo.example",
    "--purpose",
    "CRM",
  );
  const passport = ["--owner", "carol@demo.example", "--purpose", "answers customers"];
  await stage.register("support", ...passport, "--audience", "crm", "--audience", "erp");
  const crm = await stage.actor("crm.ts", "crm");
  const support = await stage.actor("support-bot.ts", "support");
  const crmPort = Number((await crm.ask("port")).port);

  stage.tell("the support bot asks the CRM with a JWT-SVID");
  const looked = await support.ask("lookUp", { port: crmPort, audience: "crm" });
  stage.must(looked.status === 200, `the CRM knows the caller: ${JSON.stringify(looked.body)}`);
  const other = await support.ask("lookUp", { port: crmPort, audience: "erp" });
  const said = JSON.stringify(other.body);
  stage.must(other.status === 401, `a token for another audience is refused: ${said}`);

  stage.tell("it asks for a token for the payroll, which its entry does not give");
  const refused = await support.ask("lookUp", { port: crmPort, audience: "payroll" });
  stage.must(String(refused.error).includes("payroll"), `refused: ${refused.error}`);
  const listed = await stage.botpass("instance", "list", "--bot", "support", "--output", "json");
  const [instance] = (JSON.parse(listed) as { instances: { id: string }[] }).instances;
  const asked = ["entry", "explain", "--instance", instance?.id ?? ""];
  stage.tell(`       botpass ${asked.join(" ")}`);
  const explained = await stage.botpass(...asked, "--output", "json");
  const [attempt] = (JSON.parse(explained) as Attempts).attempts;
  stage.must(
    attempt?.message.includes("payroll") === true,
    `the operator sees why, by rule ${attempt?.rule}: ${attempt?.message}`,
  );

  stage.tell("it tries the ERP, with a valid identity");
  const wrong = await support.ask("tryErp", { port: erpPort });
  stage.must(wrong.status === undefined, `refused: ${wrong.refused}`);
}
