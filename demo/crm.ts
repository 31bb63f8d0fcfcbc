// The CRM service: whoever brings a JWT-SVID for the audience "crm" may look up customers.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { bearerToken, connect, IssuerError, memberOf } from "../src/index.ts";
import { answer } from "./processes.ts";

const self = await connect();
const server = createServer(
  self.serverTls({ authorize: memberOf("demo.example"), requireClientCertificate: false }),
  (request, response) => {
    try {
      const token = bearerToken(request.headers.authorization);
      const caller = self.verifyJwt(token, { audience: "crm" });
      response.end(JSON.stringify({ caller: caller.spiffeId.toString() }));
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error;
      response.writeHead(401).end(JSON.stringify({ code: error.code, rule: error.details.rule }));
    }
  },
);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
answer({ port: () => ({ port: (server.address() as AddressInfo).port }) });
