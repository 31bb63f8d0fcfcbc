/** The longest lifetimes that any server grants, in seconds. */
export const MAX_X509_TTL_SECONDS = 86_400;
export const MAX_JWT_TTL_SECONDS = 3_600;
