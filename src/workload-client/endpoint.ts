import { isIP } from "node:net";
import { IssuerError } from "../errors.ts";
import { ENDPOINT_VARIABLE } from "../wire/index.ts";

export { ENDPOINT_VARIABLE };

/**
 * The address of a Workload API for grpc-js: the one given, else that of the environment.
 * @throws IssuerError CONFIG_INVALID naming the value; NO_WAY_IN when there is neither.
 */
export function endpointTarget(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (given !== undefined) return parseEndpoint(given);
  const named = env[ENDPOINT_VARIABLE];
  if (named !== undefined && named !== "") return parseEndpoint(named);
  const message = `no Workload API endpoint: neither given nor in ${ENDPOINT_VARIABLE}`;
  throw new IssuerError("NO_WAY_IN", message);
}

/**
 * Reads `unix:///path`, `unix:/path` or `tcp://IP:port`, as RFC 3986 and sections 4.1 and 4.2 of SPIFFE Workload Endpoint have them.
 * @returns a target for grpc-js.
 * @throws IssuerError CONFIG_INVALID naming the value.
 */
export function parseEndpoint(text: string): string {
  const bad = (reason: string): IssuerError =>
    new IssuerError("CONFIG_INVALID", `endpoint ${JSON.stringify(text)}: ${reason}`);
  if (/[?#]/.test(text)) throw bad("it has a query or a fragment");
  const unix = /^unix:(.*)$/.exec(text)?.[1];
  if (unix !== undefined) {
    const path = unix.startsWith("//") ? unix.slice(2) : unix;
    if (unix.startsWith("//") && !path.startsWith("/")) throw bad("a unix socket has no host");
    if (!path.startsWith("/")) throw bad("the path is not absolute");
    const decoded = decodePath(path);
    if (decoded === undefined || /\p{Cc}/u.test(decoded)) throw bad("the path is not readable");
    if (decoded === "/") throw bad("the path is empty");
    return `unix:${decoded}`;
  }
  const tcp = /^tcp:\/\/(.*)$/.exec(text)?.[1];
  if (tcp === undefined) throw bad("the scheme is neither unix nor tcp");
  const parts = /^(\[[0-9a-fA-F:.]+\]|[0-9.]+):([0-9]{1,5})$/.exec(tcp);
  const host = parts?.[1]?.replace(/^\[|\]$/g, "") ?? "";
  const port = Number(parts?.[2] ?? 0);
  if (isIP(host) === 0 || port < 1 || port > 65_535)
    throw bad("tcp needs an IP address and a port");
  return isIP(host) === 6 ? `ipv6:[${host}]:${port}` : `ipv4:${host}:${port}`;
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that encodes nothing.
    return undefined;
  }
}
