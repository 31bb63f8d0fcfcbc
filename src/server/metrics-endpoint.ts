import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import type { Crl } from "../ca/index.ts";

/**
 * Serves /metrics, and /crl/<authority id>.crl in DER, over plain HTTP; nothing secret is in it, and it is off unless it is asked
 * for. A CRL is signed: it needs no other protection on its way.
 */
export async function serveMetrics(
  listen: { readonly host: string; readonly port: number },
  registry: Registry,
  crls: () => readonly Crl[],
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = request.method === "GET" ? request.url?.split("?")[0] : undefined;
    const crl = crls().find(({ authorityId }) => path === `/crl/${authorityId}.crl`);
    if (crl !== undefined) {
      response.writeHead(200, { "content-type": "application/pkix-crl" }).end(crl.der);
      return;
    }
    if (path !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    address: `${address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
