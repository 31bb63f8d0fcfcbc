// Asks the Workload API that the environment names for its default identity, prints the SPIFFE ID, and ends.
import { WorkloadApiClient } from "../../src/workload-client/index.ts";

const client = new WorkloadApiClient();
const { svids } = await client.fetchX509Context();
process.stdout.write(`${svids[0]?.spiffeId}\n`);
client.close();
