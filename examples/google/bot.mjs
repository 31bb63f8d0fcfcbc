// On Compute Engine, Cloud Run and GKE: the metadata server gives a token for the audience that is asked for.
import { connect } from "botpass";

const METADATA =
  "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity";

async function token() {
  const url = `${METADATA}?audience=${encodeURIComponent("spiffe://example.org")}&format=full`;
  const response = await fetch(url, { headers: { "metadata-flavor": "Google" } });
  if (!response.ok) throw new Error(`the metadata server answered with ${response.status}`);
  return response.text();
}

const bot = await connect({ oidc: { token } });
process.stdout.write(`I am ${bot.spiffeId}\n`);
await bot.close();
