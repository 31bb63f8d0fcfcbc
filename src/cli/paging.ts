import { IssuerError } from "../errors.ts";

/** As many as the server gives at once. */
export const PAGE_SIZE = 1000;

/**
 * Reads a list to its end.
 * @param page fetches the page that starts at `token`; empty: the first. An empty next token: no more.
 * @throws IssuerError INTERNAL when the server names the same page again.
 */
export async function allPages<T>(
  page: (token: string) => Promise<{ items: readonly T[]; next: string }>,
): Promise<T[]> {
  const all: T[] = [];
  let token = "";
  for (;;) {
    const { items, next } = await page(token);
    for (const item of items) all.push(item);
    if (next === "") return all;
    if (next === token) throw new IssuerError("INTERNAL", "the server lists the same page twice");
    token = next;
  }
}
