import { IssuerError } from "../errors.ts";

/** Parts of an authority's life: the next is published at half of it, and takes over at five sixths. */
const PUBLISH_AT = 1 / 2;
const ACTIVATE_AT = 5 / 6;

/** When the next authority is to be in the bundle. */
export function publishNextAt(life: { notBefore: Date; notAfter: Date }): Date {
  return at(life, PUBLISH_AT);
}

/** When the next authority is to sign. */
export function activateNextAt(life: { notBefore: Date; notAfter: Date }): Date {
  return at(life, ACTIVATE_AT);
}

function at({ notBefore, notAfter }: { notBefore: Date; notAfter: Date }, part: number): Date {
  const whole = notAfter.getTime() - notBefore.getTime();
  return new Date(notBefore.getTime() + Math.floor(whole * part));
}

/**
 * Checks that lifetimes fit together: an SVID issued just before the authority's last sixth must fit into it, and
 * whoever polls the bundle by its hint must see the next authority well before it signs. Between the two
 * there is a third of the life; a hint of a quarter of that leaves three more tries.
 * @throws IssuerError CONFIG_INVALID.
 */
export function validateAuthorityTimes(times: {
  readonly lifeSeconds: number;
  readonly maxTtlSeconds: number;
  readonly refreshHintSeconds: number;
}): void {
  const { lifeSeconds, maxTtlSeconds, refreshHintSeconds } = times;
  if (maxTtlSeconds > lifeSeconds / 6) {
    throw new IssuerError(
      "CONFIG_INVALID",
      `highest TTL ${maxTtlSeconds} s is above a sixth of the authority's life of ${lifeSeconds} s`,
    );
  }
  if (refreshHintSeconds > lifeSeconds / 12) {
    throw new IssuerError(
      "CONFIG_INVALID",
      `bundle refresh hint ${refreshHintSeconds} s is above a twelfth of the authority's life of ` +
        `${lifeSeconds} s: a new authority would sign before everybody knows it`,
    );
  }
}
