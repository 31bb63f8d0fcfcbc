import type { InstanceFilter, InstanceRecord, StoreReader } from "../store/index.ts";

/** All instances that the filter names, in memory. */
export async function instancesWith(
  store: StoreReader,
  filter: InstanceFilter,
): Promise<readonly InstanceRecord[]> {
  const all: InstanceRecord[] = [];
  for await (const page of instancePages(store, filter)) all.push(...page);
  return all;
}

/** The same, 1,000 at a time. */
export async function* instancePages(
  store: StoreReader,
  filter: InstanceFilter,
): AsyncGenerator<readonly InstanceRecord[]> {
  let after: string | null = null;
  do {
    const page = { limit: 1000, ...(after === null ? {} : { after }) };
    const { items, next } = await store.listInstances(filter, page);
    yield items;
    after = next;
  } while (after !== null);
}

/** The id of the join token that this evidence is; undefined: it is something else. */
export function tokenOfEvidence(evidenceKey: string): string | undefined {
  return /^join_token:(.+)$/.exec(evidenceKey)?.[1];
}
