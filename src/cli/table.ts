/** A table's column: its heading and how a row fills it. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
}

/** Lays out rows under headings, two spaces between columns; ends with a line feed. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map((column) => column.heading),
    ...rows.map((row) => columns.map((column) => printable(column.cell(row)))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => width(line[index] ?? ""))),
  );
  return lines.map((line) => `${joined(line, widths)}\n`).join("");
}

/** Lays out one record as `name: value` lines; ends with a line feed. */
export function renderRecord(fields: readonly (readonly [name: string, value: string])[]): string {
  const widest = Math.max(...fields.map(([name]) => name.length)) + 1;
  return fields
    .map(([name, value]) => `${`${name}:`.padEnd(widest)} ${printable(value)}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

/** An instant for people: UTC, to the second; `-` for none. */
export function showInstant(text: string | null): string {
  return text === null ? "-" : text.replace(/\.\d+Z$/, "Z");
}

/** A list in one cell; `-` for none. */
export function showList(values: readonly string[]): string {
  return values.length === 0 ? "-" : values.join(", ");
}

/**
 * What others wrote must not steer a terminal: control and formatting characters (escape sequences, bidirectional
 * overrides) are shown as escapes.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    const hex = (char.codePointAt(0) ?? 0).toString(16);
    return `\\u{${hex}}`;
  });
}

function joined(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - width(cell))))
    .join("  ")
    .trimEnd();
}

function width(text: string): number {
  return [...text].length;
}
