import { readFile } from "node:fs/promises";
import { z } from "zod";
import { readPrivateFile } from "../ca/index.ts";
import { parseCertificate, pemDecode } from "../crypto/index.ts";
import { EVENT_FORMATS, type EventFormat } from "../detection/index.ts";
import { messageOf } from "../errors.ts";
import type { Webhook } from "./detection/webhooks.ts";

const file = z.string().min(1).max(4096);

/** `detection` of the configuration file. */
export const detectionSchema = z
  .strictObject({
    instance_limit: z.int().min(1).max(1_000_000).optional(),
    people: z.array(z.string().min(1).max(73)).max(1000).default([]),
  })
  .prefault({});

/** `events` of the configuration file. */
export const eventsSchema = z
  .strictObject({
    format: z.enum(EVENT_FORMATS).default("json"),
    webhooks: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z0-9-]{1,63}$/, "is not 1 to 63 of a-z, 0-9 and -"),
          url: z.string().max(2048),
          secret_file: file,
          ca_file: file.optional(),
        }),
      )
      .max(16)
      .default([]),
  })
  .prefault({});

/** Who is told of findings, and how. */
export interface EventsConfig {
  readonly format: EventFormat;
  readonly webhooks: readonly Webhook[];
}

/** @param errors gets a line for each error, naming its key. */
export async function readEvents(
  told: z.output<typeof eventsSchema>,
  errors: string[],
): Promise<EventsConfig> {
  const webhooks: Webhook[] = [];
  for (const { name, url, secret_file, ca_file } of told.webhooks) {
    const key = `events.webhooks.${name}`;
    if (webhooks.some((each) => each.name === name)) errors.push(`${key}: named twice`);
    const why = urlRefusal(url);
    if (why !== undefined) errors.push(`${key}.url: ${shownUrl(url)} ${why}`);
    const secret = await attempt(errors, `${key}.secret_file: ${secret_file}`, () =>
      readSecret(secret_file),
    );
    const ca =
      ca_file === undefined
        ? undefined
        : await attempt(errors, `${key}.ca_file: ${ca_file}`, () => readCa(ca_file));
    webhooks.push({ name, url, secret: secret ?? Buffer.alloc(0), ca });
  }
  return { format: told.format, webhooks };
}

function urlRefusal(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:") return "is not an https URL";
  if (url.username !== "" || url.password !== "") return "holds a user: use secret_file";
  return undefined;
}

/** Without what may be a secret: user, path and query. */
function shownUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined ? "what it holds" : JSON.stringify(`${url.protocol}//${url.host}`);
}

const SHORTEST_SECRET = 16;

async function readSecret(path: string): Promise<Buffer> {
  const text = await readPrivateFile(path);
  if (text === undefined) throw new Error("there is no such file");
  const secret = Buffer.from(text.trim());
  if (secret.length >= SHORTEST_SECRET) return secret;
  throw new Error(`holds ${secret.length} bytes, fewer than ${SHORTEST_SECRET}`);
}

async function readCa(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  const certificates = pemDecode("CERTIFICATE", text);
  if (certificates.length === 0) throw new Error("holds no certificate");
  certificates.forEach(parseCertificate);
  return text;
}

async function attempt<T>(
  errors: string[],
  key: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    errors.push(`${key}: ${messageOf(error)}`);
    return undefined;
  }
}
