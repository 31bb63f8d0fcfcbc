// The story of some bots, told with real processes over real sockets, in under a minute. Exits non-zero when a step
// does not come out as it should.
import { financeBegins, financeIsOverdue } from "./finance-story.ts";
import { invoicesAreExplained, invoicesArePosted, whoPostsIsRetired } from "./invoice-story.ts";
import { Stage } from "./stage.ts";
import { supportAsks } from "./support-story.ts";

/** In finance a second person approves, and a review every few seconds stands for one every few months. */
const CONFIG = `
environments:
  finance: { approval: second_person, review_every: 20s, review_grace: 2s, suspend_after: 2s }
`;

async function story(stage: Stage): Promise<void> {
  stage.tell("the issuer starts: botpass server run --trust-domain demo.example");
  await stage.startIssuer("demo.example", CONFIG);
  const finance = await financeBegins(stage);
  const invoices = await invoicesArePosted(stage);
  await supportAsks(stage, invoices.erpPort);
  await whoPostsIsRetired(stage, invoices);
  await financeIsOverdue(stage, finance);
  await invoicesAreExplained(stage, invoices);
}

const stage = new Stage();
try {
  await story(stage);
  stage.tell("the end: every step came out as it should");
} catch (error) {
  process.exitCode = 1;
  stage.tell(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  await stage.end();
}
