import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { ERROR_CODES, IssuerError } from "../../src/errors.ts";
import {
  errorFromMessage,
  errorFromStatus,
  errorToMessage,
  errorToStatus,
  loadAttachService,
  STATUS_OF,
} from "../../src/wire/index.ts";

/** As it looks to a client. */
function received(thrown: unknown): ServiceError {
  const { code, details, metadata } = errorToStatus(thrown, "r-1");
  return Object.assign(new Error(`${code} ${status[code]}: ${details}`), {
    code,
    details,
    metadata: metadata.clone(),
  });
}

/** Through the codec of the stream. */
function throughStream(thrown: unknown): IssuerError {
  const { responseSerialize, responseDeserialize } = loadAttachService().definition.Attach;
  const bytes = responseSerialize({ id: 1, error: errorToMessage(thrown, "r-1") });
  const { error } = responseDeserialize(bytes);
  if (!error) throw new Error("there is no error in the message");
  return errorFromMessage(error);
}

const told = ERROR_CODES.filter((code) => code !== "INTERNAL");

describe("errorToStatus and errorFromStatus", () => {
  test.each(told)("%s comes back the same", (code) => {
    const back = errorFromStatus(
      received(new IssuerError(code, "field x is “ü”", { retryAfterMs: 70 })),
    );
    expect(back).toMatchObject({ code, retryAfterMs: 70, details: { requestId: "r-1" } });
    expect(back.message).toBe("field x is “ü”");
  });

  test("every code has a status that is not OK", () => {
    for (const code of ERROR_CODES) expect(STATUS_OF[code], code).toBeGreaterThan(0);
  });

  test.each([
    new IssuerError("INTERNAL", "table bots is broken"),
    new Error("password is hunter2"),
    "thrown text",
    undefined,
  ])("a fault of ours is told as nothing more than that: %s", (thrown) => {
    const back = errorFromStatus(received(thrown));
    expect(back).toMatchObject({
      code: "INTERNAL",
      message: "internal error",
      retryAfterMs: undefined,
    });
    expect(throughStream(thrown)).toMatchObject({ code: "INTERNAL", message: "internal error" });
  });

  test.each([
    [status.UNAVAILABLE, "UNAVAILABLE"],
    [status.CANCELLED, "UNAVAILABLE"],
    [status.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"],
    [status.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED"],
    [status.UNIMPLEMENTED, "UNIMPLEMENTED"],
    [status.INVALID_ARGUMENT, "REQUEST_INVALID"],
    [status.PERMISSION_DENIED, "NOT_AUTHORIZED"],
    [status.UNAUTHENTICATED, "SVID_INVALID"],
    [status.DATA_LOSS, "INTERNAL"],
  ])("status %i of somebody else is %s", (code, expected) => {
    const error = Object.assign(new Error("x"), { code, details: "", metadata: new Metadata() });
    expect(errorFromStatus(error)).toMatchObject({ code: expected, message: "x" });
  });

  test("a code that is not ours counts as none", () => {
    const metadata = new Metadata();
    metadata.set("botpass-code", "MADE_UP");
    metadata.set("botpass-retry-after-ms", "soon");
    const error = Object.assign(new Error("x"), { code: status.NOT_FOUND, details: "y", metadata });
    expect(errorFromStatus(error)).toMatchObject({ code: "INTERNAL", retryAfterMs: undefined });
  });
});

describe("errorToMessage and errorFromMessage", () => {
  test.each(told)("%s comes back the same", (code) => {
    const details = code === "TOKEN_INVALID" ? {} : { rule: "X509-26" };
    const back = throughStream(new IssuerError(code, "m", { details, retryAfterMs: 5 }));
    expect(back).toMatchObject({ code, message: "m", retryAfterMs: 5 });
    expect(back.details).toEqual({ ...details, requestId: "r-1" });
  });

  test("who holds a refused token is for the records, not for the stranger", () => {
    const details = { token: "t", bot: "a", heldBy: "i" };
    const back = throughStream(new IssuerError("TOKEN_INVALID", "m", { details }));
    expect(back.details).toEqual({ requestId: "r-1" });
  });

  test("details of a fault of ours stay here", () => {
    const back = throughStream(new IssuerError("INTERNAL", "m", { details: { file: "/x" } }));
    expect(back.details).toEqual({ requestId: "r-1" });
  });
});
