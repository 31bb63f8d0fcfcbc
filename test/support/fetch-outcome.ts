// Asks the Workload API that the environment names for its identities, prints the SPIFFE IDs or the error's code, and ends.
import { rawApi } from "./workload-door.ts";

const api = rawApi((process.env.SPIFFE_ENDPOINT_SOCKET ?? "").replace("unix://", "unix:"));
const stream = api.stream("FetchX509SVID");
const said = await stream.at<{ svids: { spiffeId: string }[] }>(0).then(
  ({ svids }) => svids.map(({ spiffeId }) => spiffeId).join(" ") || "nothing",
  ({ code }: { code: number }) => `code ${code}`,
);
process.stdout.write(`${said}\n`);
stream.cancel();
api.close();
