// What leaves for others' systems.
import { expect, test } from "vitest";
import { type FindingEvent, formatFinding } from "../../src/detection/index.ts";

const event: FindingEvent = {
  id: 7,
  trustDomain: "example.org",
  version: "1|0",
  at: new Date(Date.UTC(2030, 0, 31)),
  detector: "refusal_burst",
  severity: "high",
  bot: "a=b",
  instance: null,
  summary: "first\nsecond \\ third",
  facts: { source: "192.0.2.7", codes: "X" },
  evidence: [1, 2],
};

test("CEF escapes pipes in its header, and equal signs, backslashes and line breaks behind it", () => {
  expect(formatFinding(event, "cef").text).toBe(
    "CEF:0|Botpass|Botpass|1\\|0|refusal_burst|Refusal burst|8|rt=1896048000000 externalId=example.org/7-1896048000000 " +
      "msg=first\\nsecond \\\\ third suser=a\\=b src=192.0.2.7 cs2Label=facts cs2=source\\=192.0.2.7; codes\\=X " +
      "cs3Label=auditRecords cs3=1 2",
  );
});

test("CEF has a field for each kind of address, and no characters that garble a line", () => {
  const lineOf = (source: string, summary = "s"): string =>
    formatFinding({ ...event, summary, facts: { source } }, "cef").text;
  expect(lineOf("::ffff:192.0.2.7")).toContain(" src=192.0.2.7 ");
  expect(lineOf("2001:db8::7")).toContain(
    " c6a2=2001:db8::7 c6a2Label=Source IPv6 Address cs2Label=",
  );
  expect(lineOf("2001:db8::7")).not.toContain(" src=");
  expect(lineOf("", "a\u001b[2Jb\u2028c\u202ed\u0000e")).toContain(" msg=a?[2Jb?c?d?e ");
});

test("OCSF has what a Detection Finding must have", () => {
  const value = JSON.parse(formatFinding(event, "ocsf").text);
  expect(value).toMatchObject({
    activity_id: 1,
    category_uid: 2,
    class_uid: 2004,
    type_uid: 200_401,
    time: 1_896_048_000_000,
    severity_id: 4,
    metadata: { version: "1.3.0", product: { vendor_name: "Botpass" } },
    finding_info: { uid: "example.org/7-1896048000000", title: "Refusal burst" },
  });
  expect(value.type_uid).toBe(value.class_uid * 100 + value.activity_id);
});

test("our own JSON is the finding", () => {
  const { contentType, text } = formatFinding(event, "json");
  expect(contentType).toBe("application/json");
  expect(JSON.parse(text)).toMatchObject({
    type: "detection.finding",
    id: 7,
    at: "2030-01-31T00:00:00.000Z",
  });
});
