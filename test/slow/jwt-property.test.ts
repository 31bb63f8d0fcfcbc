// JWT-SVIDs of our signer beside jose, at length.
import { test } from "vitest";
import { checkJwtCases } from "../support/jwt-cases.ts";

test("3,000 JWT-SVIDs verify with jose, and none with one claim changed", () =>
  checkJwtCases(3000));
