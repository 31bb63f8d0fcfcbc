/** What happens to a request whose other side is killed: nobody is there, or not any more. */
const OF_THE_LINE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
]);

/**
 * Why a request failed: the line, because a process was killed, or anything else, which counts as lack of identity: an error of this library, a
 * handshake that was refused, an answer that did not come.
 */
export function causeOf(error: unknown): { readonly identity: boolean; readonly text: string } {
  const codes: string[] = [];
  let last = "";
  for (let each = error; each instanceof Error; each = each.cause) {
    last = each.message;
    if ("code" in each && typeof each.code === "string") codes.push(each.code);
  }
  const line = codes.find((code) => OF_THE_LINE.has(code));
  const own = codes.find((code) => code !== "UNAVAILABLE" && !OF_THE_LINE.has(code));
  if (line !== undefined && own === undefined) return { identity: false, text: line };
  return { identity: true, text: `${own ?? codes[0] ?? ""} ${last}`.trim().slice(0, 120) };
}
