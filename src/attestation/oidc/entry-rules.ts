import { IssuerError } from "../../errors.ts";
import type { Selector } from "../../spiffe/index.ts";
import type { OidcIssuer } from "./issuer.ts";
import { type Bound, PRESETS } from "./presets.ts";

/** What entries may ask of tokens. */
export interface OidcEntryRules {
  /** @throws IssuerError SELECTOR_INVALID when an entry of these selectors could never match, or would let the wrong ones in. */
  check(selectors: readonly Selector[]): void;
  /** What an operator should know of such an entry. */
  warnings(selectors: readonly Selector[]): string[];
  /** Why an entry of these selectors counts for nothing; undefined: it counts. */
  refusal(selectors: readonly Selector[]): string | undefined;
  /** Why a token that proves this is refused whatever the entries say; undefined: it is not. */
  provenRefusal(proven: readonly Selector[]): string | undefined;
}

/** The rules of the issuers that are configured. Entries without `oidc` selectors are none of their business. */
export function oidcEntryRules(issuers: readonly OidcIssuer[]): OidcEntryRules {
  const refusal = (selectors: readonly Selector[]): string | undefined => {
    const parts = readSelectors(selectors);
    if (parts.length === 0) return undefined;
    const [{ issuer: name } = { issuer: "" }] = parts;
    if (parts.some((each) => each.issuer !== name)) {
      return "claims of two issuers are never proven together";
    }
    const issuer = issuers.find((each) => each.name === name);
    if (issuer === undefined) return `issuer ${JSON.stringify(name)} is not configured`;
    for (const { claim, value } of parts) {
      const known = claim === "sub" || issuer.rules.some(({ as }) => as === claim);
      if (!known) return `issuer ${name} proves no claim ${JSON.stringify(claim)}`;
      if (value === "") return `oidc:${name}:${claim} has no value`;
    }
    if (issuer.preset === undefined) return undefined;
    const why = PRESETS[issuer.preset].refusesEntry(boundOf(parts));
    return why === undefined ? undefined : `preset ${issuer.preset}: ${why}`;
  };
  return {
    refusal,
    check(selectors) {
      const why = refusal(selectors);
      if (why === undefined) return;
      throw new IssuerError("SELECTOR_INVALID", `these oidc selectors are refused: ${why}`);
    },
    warnings(selectors) {
      const parts = readSelectors(selectors);
      const issuer = issuers.find(({ name }) => name === parts[0]?.issuer);
      if (issuer?.preset === undefined) return [];
      return [PRESETS[issuer.preset].warnsOf(boundOf(parts)) ?? []].flat();
    },
    provenRefusal(proven) {
      const parts = readSelectors(proven);
      const issuer = issuers.find(({ name }) => name === parts[0]?.issuer);
      if (issuer?.preset === undefined) return undefined;
      // Only what was given: a claim that is missing here may be in the token.
      const claims = Object.fromEntries(boundOf(parts));
      const filled =
        issuer.preset === "github"
          ? { event_name: "push", ref: "refs/heads/-", ...claims }
          : { pipeline_source: "push", ref_path: "refs/heads/-", ...claims };
      if (issuer.preset !== "github" && issuer.preset !== "gitlab") return undefined;
      return PRESETS[issuer.preset].refusesToken(filled);
    },
  };
}

interface Part {
  readonly issuer: string;
  readonly claim: string;
  readonly value: string;
}

function readSelectors(selectors: readonly Selector[]): Part[] {
  return selectors
    .filter(({ type }) => type === "oidc")
    .map(({ value: text }) => {
      const [issuer = "", claim = "", ...rest] = text.split(":");
      return { issuer, claim, value: rest.join(":") };
    });
}

function boundOf(parts: readonly Part[]): Bound {
  return new Map(parts.map(({ claim, value }) => [claim, value]));
}
