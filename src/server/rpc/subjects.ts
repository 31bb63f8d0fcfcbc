import type { StoreReader } from "../../store/index.ts";
import { explainedBot } from "../admin/explained-bot.ts";
import type { Subject } from "./permissions.ts";

/** The bots that a request is about. */
export interface Subjects {
  /** Their names, each once; that there are such bots is not said. */
  readonly names: readonly string[];
  /** Whether it is about these alone; false: also about others, or about nothing that exists. */
  readonly complete: boolean;
}

/** Reads from a request which bots it is about. */
export async function subjectsOf(
  store: StoreReader,
  subject: Subject | undefined,
  request: unknown,
): Promise<Subjects> {
  switch (subject) {
    case undefined:
    case "owner":
      return { names: [], complete: false };
    case "name":
    case "bot":
    case "entry.bot":
      return named([textAt(request, subject)]);
    case "entries.bot": {
      const entries = at(request, "entries");
      return named(Array.isArray(entries) ? entries.map((each) => textAt(each, "bot")) : []);
    }
    case "entry:id":
    case "entry:entry.id":
      return named([(await store.getEntry(textAt(request, subject.slice(6))))?.bot]);
    case "token:id":
      return named([(await store.getToken(textAt(request, "id")))?.bot]);
    case "explained":
      return named([await explainedBot(store, (name) => textAt(request, name))]);
    case "instance:id":
      return named([(await store.getInstance(textAt(request, "id")))?.bot]);
  }
}

/** The owner whose bots a list asks for; empty: everybody's. */
export function ownerFilterOf(request: unknown): string {
  return textAt(request, "owner");
}

function named(found: readonly (string | undefined)[]): Subjects {
  const names = found.filter((name) => name !== undefined && name !== "");
  const complete = names.length > 0 && names.length === found.length;
  return { names: [...new Set(names as string[])], complete };
}

function textAt(value: unknown, path: string): string {
  const found = path.split(".").reduce(at, value);
  return typeof found === "string" ? found : "";
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
