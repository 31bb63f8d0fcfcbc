import { IssuerError } from "../../errors.ts";
import type { PageRequest } from "../../store/index.ts";

/** An instant of a message: Unix milliseconds, 0 for none. REQUEST_INVALID when it is not one. */
export function instantOf(field: string, ms: number): Date | null {
  if (ms === 0) return null;
  const at = new Date(ms);
  if (ms > 0 && !Number.isNaN(at.getTime())) return at;
  throw new IssuerError("REQUEST_INVALID", `${field} ${ms} is not an instant in milliseconds`);
}

/** Milliseconds of an instant; 0 for none. */
export function msOf(at: Date | null): number {
  return at === null ? 0 : at.getTime();
}

/** The page that a list asks for: 100 unless said otherwise, at most 1,000. */
export function pageOf(request: { pageSize: number; pageToken: string }): PageRequest {
  const { pageSize, pageToken } = request;
  if (pageSize > 1000) {
    throw new IssuerError("REQUEST_INVALID", `page_size ${pageSize} is above 1,000`);
  }
  return {
    limit: pageSize === 0 ? 100 : pageSize,
    ...(pageToken === "" ? {} : { after: pageToken }),
  };
}

/** One of the values that a field may have; undefined when it is empty. */
export function choiceOf<T extends string>(
  field: string,
  value: string,
  choices: readonly T[],
): T | undefined {
  if (value === "") return undefined;
  const choice = choices.find((each) => each === value);
  if (choice !== undefined) return choice;
  const shown = JSON.stringify(value.slice(0, 80));
  throw new IssuerError("REQUEST_INVALID", `${field} ${shown} is not one of ${choices.join(", ")}`);
}

/** A field that must not be empty. */
export function requiredOf(field: string, value: string): string {
  if (value !== "") return value;
  throw new IssuerError("REQUEST_INVALID", `${field} is required`);
}
