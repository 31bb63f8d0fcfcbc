import type { BotRecord, EntryRecord, InstanceRecord } from "../store/index.ts";
import type { Grant } from "./grant.ts";

/** Whom an SVID is for; without entry and instance it is minted by an operator. */
export interface Subject {
  readonly bot: BotRecord;
  readonly entry: EntryRecord | undefined;
  readonly instance: InstanceRecord | undefined;
  readonly audiences: readonly string[];
  /** Where it was read; absent when minted. */
  readonly grant?: Grant;
}
