import { IssuerError } from "../errors.ts";

/** @throws IssuerError REQUEST_INVALID. */
export function requireHttps(url: URL): void {
  if (url.protocol === "https:") return;
  throw new IssuerError("REQUEST_INVALID", `${url.origin} is not https: nobody could be verified`);
}
