import { isIPv4, isIPv6 } from "node:net";

/**
 * The network that an address is in, as text; undefined: it is no address (a local socket).
 * @param wide false: IPv4 /24 and IPv6 /48, a site; true: IPv4 /16 and IPv6 /32, a provider's or a company's.
 */
export function networkOf(address: string, wide = false): string | undefined {
  const plain = address.replace(/^::ffff:/i, "").replace(/%.*$/, "");
  if (isIPv4(plain)) {
    const kept = plain.split(".").slice(0, wide ? 2 : 3);
    return `${kept.join(".")}${wide ? ".0.0/16" : ".0/24"}`;
  }
  if (!isIPv6(plain)) return undefined;
  return `${groupsOf(plain)
    .slice(0, wide ? 2 : 3)
    .join(":")}::${wide ? "/32" : "/48"}`;
}

/** The eight groups, without leading zeros; an address with an IPv4 tail has fewer, which the networks do not need. */
function groupsOf(address: string): string[] {
  const [head = "", tail] = address.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(8 - left.length - right.length, 0);
  return [...left, ...new Array<string>(zeros).fill("0"), ...right].map((group) =>
    group.replace(/^0+(?=.)/, ""),
  );
}
