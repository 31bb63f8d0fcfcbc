import type { SavedState } from "../agent/index.ts";
import type { Clock } from "../clock.ts";
import type { Bundle, X509Svid } from "../spiffe/index.ts";
import { CliFailure } from "./failure.ts";
import { LoginDirectory } from "./login-directory.ts";

/** What an operator proves itself with, and knows the server by. */
export interface Login {
  readonly svid: X509Svid;
  readonly bundle: Bundle;
  /** host:port, in the order to try. */
  readonly addresses: readonly string[];
}

/** A login is renewed when so much of its SVID's life is over; the library rotates at half of it, give or take a tenth. */
const RENEW_AT = 0.6;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Logs in with an invitation: makes a key, gets the SVID, and puts both in place of what was in `directory` (0700, its
 * file 0600).
 * @param token secret.
 * @param addresses host:port instead of those that the token names.
 * @throws IssuerError TOKEN_INVALID, UNAVAILABLE …; nothing is changed then.
 */
export async function logIn(
  directory: string,
  token: string,
  options: { readonly clock: Clock; readonly addresses?: readonly string[] },
): Promise<Login> {
  const { StateDirectory } = await import("../agent/index.ts");
  return new LoginDirectory(directory).replace(async (fresh) => {
    await visit(fresh, { ...options, token });
    return read(new StateDirectory(fresh), directory);
  });
}

/**
 * The login that is kept in `directory`, renewed when it is time.
 * @param name of the context, for people.
 * @throws CliFailure NO_WAY_IN when there is none, SVID_EXPIRED when it is over; IssuerError as the server refused.
 */
export async function currentLogin(directory: string, name: string, clock: Clock): Promise<Login> {
  const { StateDirectory } = await import("../agent/index.ts");
  const state = new StateDirectory(directory);
  const kept = new LoginDirectory(directory);
  await kept.recover();
  const login = await read(state, name);
  if (!isDue(login, clock)) return login;
  // One at a time: of two that renew from the same SVID the second would look like a copy of it.
  return kept.locked(async () => {
    const again = await read(state, name);
    if (!isDue(again, clock)) return again;
    if (again.svid.notAfter <= clock.now()) {
      const message = `the login of context ${name} ended at ${again.svid.notAfter.toISOString()}`;
      const hint = "ask an admin for `botpass operator invite`, then `botpass login`";
      throw new CliFailure("SVID_EXPIRED", message, { hint });
    }
    await visit(directory, { clock, addresses: again.addresses });
    return read(state, name);
  });
}

/** Opens a bot's line and closes it: what the state directory needs is renewed by the library meanwhile. */
async function visit(
  stateDirectory: string,
  options: { clock: Clock; token?: string; addresses?: readonly string[] },
): Promise<void> {
  const { connect } = await import("../bot.ts");
  const bot = await connect({
    env: {},
    stateDirectory,
    timeoutMs: CONNECT_TIMEOUT_MS,
    ...options,
  });
  await bot.close();
}

async function read(
  state: { load(): Promise<SavedState | undefined> },
  name: string,
): Promise<Login> {
  const saved = await state.load();
  const svid = saved?.svids[0];
  if (saved === undefined || svid === undefined) {
    const hint = "`botpass login` with the token that `botpass operator invite` prints";
    throw new CliFailure("NO_WAY_IN", `nobody is logged in to context ${name}`, { hint });
  }
  return { svid, bundle: saved.bundle, addresses: saved.addresses };
}

function isDue({ svid: { notBefore, notAfter } }: Login, clock: Clock): boolean {
  const life = notAfter.getTime() - notBefore.getTime();
  return clock.now().getTime() >= notBefore.getTime() + life * RENEW_AT;
}
