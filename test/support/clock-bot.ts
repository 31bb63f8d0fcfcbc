// A service in a process of its own, whose clock may be another than the machine's: what it sees and decides is asked for over IPC. Its token
// is in the environment.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect, IssuerError, memberOf } from "../../src/index.ts";

/** What is asked of it. */
export type Question =
  | { readonly ask: "state" }
  | { readonly ask: "verify"; readonly token: string; readonly audience: string }
  | { readonly ask: "fetch"; readonly url: string; readonly peer: string };

export interface ClockState {
  /** Wall time as the process has it, and as the bot goes by it. */
  readonly wallMs: number;
  readonly botMs: number;
  /** End and serial of what it would show now; undefined: nothing. */
  readonly notAfterMs: number | undefined;
  readonly serial: string | undefined;
  readonly rotations: number;
  readonly jumps: number;
}

/** What it says: how it began, or an answer. A refusal is its code and message. */
export type Told =
  | { readonly port: number; readonly spiffeId: string }
  | { readonly state: ClockState }
  | { readonly done: string }
  | { readonly refused: string };

const tell = (told: Told): void => void process.send?.(told);
const reasonOf = (error: unknown): string => {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof IssuerError) return `${each.code}: ${each.message}`;
  }
  return String(error);
};

let rotations = 0;
let jumps = 0;

async function run(): Promise<void> {
  const bot = await connect();
  bot.on("error", () => undefined);
  bot.on("rotated", () => {
    rotations += 1;
  });
  bot.on("clock_jumped", () => {
    jumps += 1;
  });
  const stateNow = (): ClockState => {
    const shown = { notAfterMs: undefined, serial: undefined } as const;
    const base = { wallMs: Date.now(), botMs: bot.clock.now().getTime(), rotations, jumps };
    try {
      const { notAfter, serialHex } = bot.x509Svid();
      return { ...base, notAfterMs: notAfter.getTime(), serial: serialHex };
    } catch (error) {
      if (error instanceof IssuerError) return { ...base, ...shown };
      throw error;
    }
  };
  const answer = async (question: Question): Promise<Told> => {
    switch (question.ask) {
      case "state":
        return { state: stateNow() };
      case "verify": {
        const { token, audience } = question;
        return { done: bot.verifyJwt(token, { audience }).spiffeId.toString() };
      }
      case "fetch": {
        const { url, peer } = question;
        const signal = AbortSignal.timeout(5_000);
        return { done: await (await bot.fetch(url, { peer, signal })).text() };
      }
    }
  };
  process.on("message", (question: Question) => {
    answer(question).then(tell, (error: unknown) => tell({ refused: reasonOf(error) }));
  });
  const tls = bot.serverTls({ authorize: memberOf("example.org") });
  const web = createServer(tls, (_request, response) => response.end("done"));
  web.listen(0, "127.0.0.1", () => {
    tell({ port: (web.address() as AddressInfo).port, spiffeId: bot.spiffeId.toString() });
  });
}

process.once("disconnect", () => process.exit());
run().catch((error: unknown) => tell({ refused: reasonOf(error) }));
