import type { Line } from "../agent/index.ts";
import { IssuerError } from "../errors.ts";
import { type ServedSocket, type ServeOptions, serveWorkloadApi } from "../workload-api/index.ts";
import { validateBy, workloadOf } from "./agent-workload.ts";

/** How a bot serves processes of its own. */
export interface ServeChildrenOptions
  extends Pick<ServeOptions, "path" | "hashExecutables" | "maxStreamsPerUid" | "onFault"> {
  /** Users whose processes are served. Default: the bot's own. */
  readonly uids?: readonly number[];
}

/**
 * Opens the SPIFFE Workload API for the children of a bot: they get the bot's own identities, keys included.
 * @throws IssuerError CONFIG_INVALID naming the path; WRONG_STATE when somebody serves there.
 */
export function serveChildren(bot: Line, options: ServeChildrenOptions): Promise<ServedSocket> {
  const own = process.geteuid?.();
  const uids = new Set(options.uids ?? (own === undefined ? [] : [own]));
  const everybodysOwn = uids.size === 1 && own !== undefined && uids.has(own);
  return serveWorkloadApi({
    ...options,
    mode: everybodysOwn ? 0o600 : 0o666,
    directoryMode: everybodysOwn ? 0o700 : 0o755,
    provider: {
      async open({ uid }) {
        if (!uids.has(uid)) throw new IssuerError("NO_IDENTITY", `uid ${uid} is not served here`);
        await bot.crlsReady();
        return workloadOf(bot, bot, () => undefined);
      },
      validateJwt: (token, audience) => validateBy(bot, token, audience),
    },
  });
}
