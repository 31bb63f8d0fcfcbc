import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Actor, botpass, type Place, startActor, startIssuer } from "./processes.ts";

/** Where the story plays: the issuer, the processes, and what is told of them. */
export class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), "botpass-demo-"));
  readonly place: Place = {
    dataDir: join(this.directory, "data"),
    botsSocket: join(this.directory, "bots/bots.sock"),
  };
  readonly #begun = Date.now();
  readonly #actors: Pick<Actor, "stop">[] = [];

  tell(text: string): void {
    const seconds = ((Date.now() - this.#begun) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`${seconds} s  ${text}\n`);
  }

  /** Tells that something holds; the story fails where it does not. */
  must(holds: boolean, what: string): void {
    if (!holds) throw new Error(`this should hold and does not: ${what}`);
    this.tell(`       ok: ${what}`);
  }

  /** @param config of the server, in YAML. */
  async startIssuer(trustDomain: string, config: string): Promise<void> {
    const issuer = await startIssuer(this.place, trustDomain, { config });
    // Whatever becomes of the story, it leaves nothing running.
    process.once("exit", () => issuer.kill("SIGKILL"));
    const stop = async (): Promise<void> => {
      if (issuer.exitCode !== null) return;
      issuer.kill("SIGTERM");
      await new Promise((resolve) => issuer.once("exit", resolve));
    };
    this.#actors.push({ stop });
  }

  /** `botpass …` as whoever runs the issuer. */
  botpass(...args: string[]): Promise<string> {
    return botpass(this.place, ...args);
  }

  async register(name: string, ...flags: string[]): Promise<void> {
    await this.botpass("bot", "register", name, "--environment", "prod", ...flags);
  }

  token(bot: string): Promise<string> {
    return this.botpass("token", "create", "--bot", bot);
  }

  /** A bot or a service by a join token of its own. */
  async actor(file: string, bot: string, env: NodeJS.ProcessEnv = {}): Promise<Actor> {
    const started = await startActor(file, { ...env, BOTPASS_TOKEN: await this.token(bot) });
    this.#actors.push(started);
    return started;
  }

  async audit(...filter: string[]): Promise<Record<string, unknown>[]> {
    const printed = await this.botpass("audit", "list", ...filter, "--output", "json");
    return (JSON.parse(printed) as { records: Record<string, unknown>[] }).records;
  }

  async end(): Promise<void> {
    for (const each of this.#actors.reverse()) await each.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
