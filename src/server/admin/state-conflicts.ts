import { IssuerError } from "../../errors.ts";
import type { ChangeData, StoreReader } from "../../store/index.ts";

const BATCH = 10_000;

/**
 * Looks at what was changed after `known`.
 * @returns the newest change that was looked at.
 * @throws IssuerError STALE_REVISION naming the first change of one of the bots, or when the changes are no longer kept.
 */
export async function refuseConflicts(
  store: Pick<StoreReader, "changesAfter">,
  known: number,
  bots: ReadonlySet<string>,
): Promise<number> {
  let seen = known;
  for (;;) {
    const { changes, pruned } = await store.changesAfter(seen, BATCH);
    if (pruned) {
      const message = `what was compared is of change ${known}, of which nothing is known any more`;
      throw new IssuerError("STALE_REVISION", message);
    }
    for (const { kind, key, data, sequence } of changes) {
      seen = sequence;
      if (kind !== "bot" && kind !== "entry") continue;
      const bot = kind === "bot" ? key : (JSON.parse(data) as ChangeData["entry"]).bot;
      if (!bots.has(bot)) continue;
      const what = kind === "bot" ? `bot ${bot}` : `entry ${key} of bot ${bot}`;
      const message = `${what} was changed by somebody else in the meantime: nothing was applied`;
      throw new IssuerError("STALE_REVISION", message, { details: { bot } });
    }
    if (changes.length < BATCH) return seen;
  }
}
