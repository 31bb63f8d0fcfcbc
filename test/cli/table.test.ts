import { expect, test } from "vitest";
import { renderRecord, renderTable, showInstant, showList } from "../../src/cli/table.ts";

interface Row {
  readonly name: string;
  readonly state: string;
}

const columns = [
  { heading: "NAME", cell: (row: Row) => row.name },
  { heading: "STATE", cell: (row: Row) => row.state },
];

test("renderTable aligns columns and leaves no trailing blanks", () => {
  const rows = [
    { name: "a", state: "active" },
    { name: "longer-name", state: "" },
  ];
  expect(renderTable(columns, rows)).toBe("NAME         STATE\na            active\nlonger-name\n");
});

test("renderTable prints the headings of an empty table", () => {
  expect(renderTable(columns, [])).toBe("NAME  STATE\n");
});

test("renderRecord aligns values", () => {
  expect(
    renderRecord([
      ["ID", "1"],
      ["State", ""],
    ]),
  ).toBe("ID:    1\nState:\n");
});

test.each([
  ["an escape sequence", "\u001b[31mred", "\\u{1b}[31mred"],
  ["a line feed", "a\nb", "a\\u{a}b"],
  ["a C1 control", "a\u009bb", "a\\u{9b}b"],
  ["a bidirectional override", "a\u202eb", "a\\u{202e}b"],
])("tables show %s as an escape", (_, raw, shown) => {
  expect(renderTable(columns, [{ name: raw, state: "x" }])).toContain(shown);
  expect(renderRecord([["Name", raw]])).toBe(`Name: ${shown}\n`);
});

test("showInstant drops the fraction; showList joins", () => {
  expect(showInstant("2030-01-31T08:00:00.123Z")).toBe("2030-01-31T08:00:00Z");
  expect(showInstant(null)).toBe("-");
  expect(showList(["a", "b"])).toBe("a, b");
  expect(showList([])).toBe("-");
});
