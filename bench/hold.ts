// Many bots in one process, each with its own connection and key: holds their SVIDs, renews them, comes back when the
// server does. Runs as a process of its own; orders by IPC.
import { type KeyObject, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { dialPinned, dialTls } from "../src/agent/dial.ts";
import { attest, svidEvidence, tokenEvidence } from "../src/agent/evidence.ts";
import { AttachLink } from "../src/agent/link.ts";
import { systemClock } from "../src/clock.ts";
import { buildCsr, generateKey } from "../src/crypto/index.ts";
import { type Bundle, parseSpiffeId, type X509Svid } from "../src/spiffe/index.ts";
import { parseTokenString } from "../src/wire/index.ts";

export interface HoldOrder {
  /** Each for a hundred bots. */
  readonly tokens: readonly string[];
  readonly bots: number;
  /** Seconds between renewals, of each bot. */
  readonly renewSeconds: number;
}

export interface HoldStatus {
  /** Bots that hold an SVID over an open stream. */
  readonly attached: number;
  readonly renewed: number;
  /** Bots that came back as another instance, or were refused. */
  readonly lost: number;
  readonly failedAttempts: number;
}

const counts = { attached: 0, renewed: 0, lost: 0, failedAttempts: 0 };
let dialling = 0;

class HeldBot {
  readonly #token;
  readonly #key: KeyObject;
  readonly #bundle: Bundle;
  readonly #renewMs: number;
  #svid: X509Svid | undefined;
  #instanceId: string | undefined;

  constructor(text: string, key: KeyObject, bundle: Bundle, renewMs: number) {
    this.#token = parseTokenString(text);
    this.#key = key;
    this.#bundle = bundle;
    this.#renewMs = renewMs;
  }

  /** One stream, from its opening to its end. */
  async live(): Promise<void> {
    while (dialling >= 64) await sleep(20 + Math.random() * 30);
    dialling += 1;
    let link: AttachLink;
    let instanceId: string;
    try {
      const [address = ""] = this.#token.addresses;
      link = new AttachLink(
        dialTls(address, () => this.#bundle, systemClock, this.#svid),
        systemClock,
      );
      const evidence =
        this.#svid === undefined ? tokenEvidence(this.#token, this.#key) : svidEvidence;
      const attached = await attest(link, evidence, randomBytes);
      instanceId = attached.identities[0]?.instanceId ?? "";
      if (this.#instanceId !== undefined && this.#instanceId !== instanceId) counts.lost += 1;
      this.#instanceId = instanceId;
      await this.#renew(link, instanceId);
    } finally {
      dialling -= 1;
    }
    counts.attached += 1;
    const ended = new Promise<void>((resolve) =>
      link.listen({ onPush: () => undefined, onClose: () => resolve() }),
    );
    const renewing = setInterval(
      () => {
        this.#renew(link, instanceId).then(
          () => (counts.renewed += 1),
          () => (counts.failedAttempts += 1),
        );
      },
      this.#renewMs * (0.8 + Math.random() * 0.4),
    );
    await ended;
    clearInterval(renewing);
    counts.attached -= 1;
  }

  async #renew(link: AttachLink, instanceId: string): Promise<void> {
    const csr = buildCsr(this.#key);
    const { issued } = await link.request({ issue: { items: [{ instanceId, x509: { csr } }] } });
    const svid = issued?.results[0]?.x509;
    if (!svid) throw new Error(`refused: ${issued?.results[0]?.error?.message}`);
    this.#svid = {
      spiffeId: parseSpiffeId(svid.spiffeId),
      certChainDer: svid.certificates,
      privateKey: this.#key,
      serialHex: svid.serial,
      notBefore: new Date(svid.notBeforeMs),
      notAfter: new Date(svid.notAfterMs),
    };
    // Not answered.
    void link.request({ installed: { serials: [svid.serial] } }).catch(() => undefined);
  }
}

async function hold({ tokens, bots, renewSeconds }: HoldOrder): Promise<void> {
  const first = parseTokenString(tokens[0] ?? "");
  const { bundle, channel } = await dialPinned(first.addresses[0] ?? "", first, systemClock);
  channel.close();
  // One key for many bots would be one bot; keys are made as they are needed.
  for (let index = 0; index < bots; index += 1) {
    const key = await generateKey("ec-p256");
    const bot = new HeldBot(
      tokens[Math.floor(index / 100)] ?? "",
      key,
      bundle,
      renewSeconds * 1000,
    );
    void (async () => {
      for (;;) {
        await bot.live().catch((error: unknown) => {
          counts.failedAttempts += 1;
          if (/LOCKED|EVICTED|NO_IDENTITY|REFUSED/.test(String((error as { code?: string }).code)))
            counts.lost += 1;
        });
        await sleep(500 + Math.random() * 2500);
      }
    })();
  }
}

process.on("message", (message: HoldOrder | "status") => {
  if (message === "status") process.send?.(counts);
  else hold(message).catch((error: unknown) => process.send?.({ error: String(error) }));
});
process.on("disconnect", () => process.exit(0));
