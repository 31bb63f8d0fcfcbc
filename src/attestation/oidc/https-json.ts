import { get } from "node:https";
import { strictJsonObject } from "../../crypto/index.ts";
import { IssuerError, messageOf } from "../../errors.ts";

/** Largest document that is read. Real ones have a few kilobytes. */
const MAX_BYTES = 256 * 1024;

/**
 * Fetches a JSON object over HTTPS. Redirects are not followed; names that are there twice are refused.
 * @param caPem in place of the CAs that Node knows.
 * @param signal ends it.
 * @throws IssuerError UNAVAILABLE, naming the URL and what was wrong.
 */
export async function fetchJson(
  url: string,
  caPem: string | undefined,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  try {
    if (!url.startsWith("https://")) throw new Error("it is not an https URL");
    const bytes = await fetchBytes(url, caPem, signal);
    return strictJsonObject(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = signal.aborted ? "no answer in time" : messageOf(cause);
    throw new IssuerError("UNAVAILABLE", `${url.slice(0, 512)}: ${why}`, { cause });
  }
}

function fetchBytes(url: string, caPem: string | undefined, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { accept: "application/json", "accept-encoding": "identity" };
    const trust = caPem === undefined ? {} : { ca: caPem };
    const request = get(url, { ...trust, headers, signal, agent: false }, (response) => {
      const refuse = (why: string): void => {
        reject(new Error(why));
        request.destroy();
      };
      if (response.statusCode !== 200) return refuse(`status ${response.statusCode}, not 200`);
      const encoding = response.headers["content-encoding"];
      if (encoding !== undefined && encoding !== "identity") {
        return refuse(`content encoding ${encoding} was not asked for`);
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) refuse(`the answer has more than ${MAX_BYTES} bytes`);
        else chunks.push(chunk);
      });
      response.on("end", () => resolve(Buffer.concat(chunks)));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
