import { type AddressInfo, createServer } from "node:net";

/** A TCP port of 127.0.0.1 that nobody had a moment ago, for programs that cannot tell which one they were given. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
