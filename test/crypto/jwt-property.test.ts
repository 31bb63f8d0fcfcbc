// Whatever we sign as a JWT-SVID, jose verifies and reads the same. The long form is in test/slow.
import { test } from "vitest";
import { checkJwtCases } from "../support/jwt-cases.ts";

test("300 JWT-SVIDs verify with jose, and none with one claim changed", { timeout: 60_000 }, () =>
  checkJwtCases(300),
);
