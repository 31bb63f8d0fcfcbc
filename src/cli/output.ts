import { type Column, renderRecord, renderTable } from "./table.ts";

/** How results are printed. */
export const OUTPUT_FORMATS = ["table", "json"] as const;

export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Where text goes. */
export interface Sink {
  /** Whether people read it as it is written. */
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Prints results on stdout, as people or programs want them, and everything else on stderr. */
export class Printer {
  readonly format: OutputFormat;
  readonly #stdout: Sink;
  readonly #stderr: Sink;

  constructor(format: OutputFormat, stdout: Sink, stderr: Sink) {
    this.format = format;
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** Prints one result: `value` as JSON, or `text` for people. */
  result(value: object, text: () => string): void {
    this.#stdout.write(this.format === "json" ? `${JSON.stringify(value, null, 2)}\n` : text());
  }

  /** Prints one record: as JSON, or a line for each field. */
  record(value: object, fields: () => readonly (readonly [string, string])[]): void {
    this.result(value, () => renderRecord(fields()));
  }

  /** Prints a list: `{"<name>": [...]}` as JSON, or a table. An empty table is said on stderr too. */
  list<Row extends object>(
    name: string,
    rows: readonly Row[],
    columns: readonly Column<Row>[],
  ): void {
    this.result({ [name]: rows }, () => renderTable(columns, rows));
    if (rows.length === 0 && this.format === "table") this.note(`no ${name}`);
  }

  /** Prints text as it is on stdout. */
  raw(text: string): void {
    this.#stdout.write(text);
  }

  /** Says something on stderr that is not a result. */
  note(text: string): void {
    this.#stderr.write(`botpass: ${text}\n`);
  }

  /** Says what the server warned of, on stderr. */
  warnings(warnings: readonly string[]): void {
    for (const warning of warnings) this.note(`warning: ${warning.replace(/\p{Cc}+/gu, " ")}`);
  }
}
