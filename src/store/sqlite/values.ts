import { formatSelector, type Selector } from "../../spiffe/index.ts";

/** Unix milliseconds of an instant. */
export function ms(at: Date): number {
  return at.getTime();
}

export function msOrNull(at: Date | null): number | null {
  return at === null ? null : at.getTime();
}

export function dateOrNull(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}

/** JSON of a list of texts. */
export function listText(values: readonly string[]): string {
  return values.length === 0 ? "[]" : JSON.stringify(values);
}

export function readList(text: string): readonly string[] {
  return text === "[]" ? [] : (JSON.parse(text) as string[]);
}

/** `type:value` of each selector, sorted, each once. They were checked when they came in. */
export function selectorTexts(selectors: readonly Selector[]): string[] {
  return [...new Set(selectors.map(formatSelector))].sort();
}

/** Reads the JSON of `selectorTexts` back. */
export function readSelectors(text: string): readonly Selector[] {
  return readList(text).map((each) => {
    const colon = each.indexOf(":");
    return { type: each.slice(0, colon), value: each.slice(colon + 1) };
  });
}
