import { describe, expect, test } from "vitest";
import { CliFailure, EXIT, reportFailure, unreachable, usageError } from "../../src/cli/failure.ts";
import { ERROR_CODES, IssuerError } from "../../src/errors.ts";

describe("reportFailure", () => {
  test.each(ERROR_CODES)("%s is told on one line with its code", (code) => {
    const { exitCode, lines } = reportFailure(new IssuerError(code, "what happened"));
    expect(lines[0]).toBe(`botpass: what happened (${code})`);
    expect(exitCode).toBe(code === "CONFIG_INVALID" ? EXIT.usage : EXIT.failed);
  });

  test("keeps the exit code and the hint of a failure of the CLI's own", () => {
    expect(reportFailure(usageError("--x is wrong", { hint: "try --y" }))).toEqual({
      exitCode: 2,
      lines: ["botpass: --x is wrong (REQUEST_INVALID)", "hint: try --y"],
    });
    expect(reportFailure(unreachable("/a.sock", "why")).exitCode).toBe(3);
    expect(reportFailure(new CliFailure("INTERNAL", "x"))).toEqual({
      exitCode: 1,
      lines: ["botpass: x (INTERNAL)"],
    });
  });

  test.each([
    ["an Error", new Error("boom")],
    ["a string", "boom"],
  ])("tells %s", (_, thrown) => {
    expect(reportFailure(thrown)).toEqual({ exitCode: 1, lines: ["botpass: boom (INTERNAL)"] });
  });

  test("shows no join token and no JWT", () => {
    const message =
      'NAME "bpt1.eyJhIjoxfQ" and eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln are wrong';
    expect(reportFailure(usageError(message)).lines).toEqual([
      'botpass: NAME "<token>" and <token> are wrong (REQUEST_INVALID)',
    ]);
  });

  test("puts several lines on one", () => {
    expect(reportFailure(new Error("a\nb")).lines).toEqual(["botpass: a b (INTERNAL)"]);
  });

  test("gives each wrong key of a configuration its line", () => {
    const message = "configuration is not valid:\nlisten: not host:port\ntrust_domain: is required";
    expect(reportFailure(new IssuerError("CONFIG_INVALID", message))).toEqual({
      exitCode: 2,
      lines: [
        "botpass: configuration is not valid (CONFIG_INVALID)",
        "  listen: not host:port",
        "  trust_domain: is required",
      ],
    });
  });
});
