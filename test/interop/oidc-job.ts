// What runs in a pipeline's job: it knows its environment only. Prints one line of JSON. INTEROP_WANTS: the identity that it asks for.
import { connect, IssuerError } from "../../src/index.ts";

const say = (outcome: object) => process.stdout.write(`${JSON.stringify(outcome)}\n`);
const { INTEROP_WANTS: spiffeId } = process.env;
try {
  const wish = spiffeId === undefined ? {} : { identity: { spiffeId } };
  const bot = await connect({ timeoutMs: 1, ...wish });
  say({ gets: String(bot.x509Svid().spiffeId) });
  await bot.close();
} catch (error) {
  if (!(error instanceof IssuerError)) throw error;
  say({ code: error.code, reason: error.message });
}
