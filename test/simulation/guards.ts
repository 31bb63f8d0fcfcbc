/**
 * What keeps the invariants, by name: each can be taken away in a run, to see that the run notices. Only here, where the parts are put
 * together: nothing in src/ can be switched off.
 */
export const GUARDS = {
  "store: an issuance is recorded in the audit": "the recorder drops the audit of issuances",
  "store: refusals are recorded": "refusals are told and not recorded",
  "store: what operators do is recorded": "the audit of it is not written",
  "store: commits survive a crash": "the server comes back from an older copy of its database",
  "store: who is stopped is denied": "denials are not written",
  "store: the SVID used last resumes, however many were lost after it":
    "only the one issued before the newest does",
  "server: changes are pushed to services": "the deny feed hears of no change",
  "server: sessions hear of changes": "streams go on as they were when a bot is stopped",
  "server: an old SVID locks its instance": "the lock is not written",
  "server: only the newest SVID resumes": "any SVID of an instance resumes it",
  "server: who comes back hears what it has missed":
    "the first answer on a later line names no denials",
  "server: the passport is asked": "suspended bots attest and are issued to as before",
  "server: bots are told to renew what a tainted authority signed":
    "nobody who is connected is told of a taint",
  "server: who comes back is told to renew": "who comes back is told of no taint",
  "server: bots are told to renew what was revoked": "nobody is told that an SVID was revoked",
  "server: a stream ends with the SVID that it was opened with":
    "a stream goes on whose SVID was revoked",
  "server: a stream ends with its SVID's authority":
    "a stream goes on whose SVID's authority was revoked",
  "server: an authority is published before it signs":
    "bots and services are not told of new bundles",
  "agent: no expired SVID is presented": "an SVID is presented past its expiry",
  "agent: what was taken away is not presented":
    "the SVID held last is presented also when the bot is stopped, evicted or locked",
  "agent: time is the issuer's": "what the issuer says of the time is not heard",
  "agent: a lost line is opened again": "only the first line is opened",
  "agent: SVIDs are rotated in time": "what the agent has planned for half of a life is forgotten",
  "service: a deny set remembers": "denials are forgotten after five seconds",
  "service: a revoked authority is trusted no more": "no authority leaves the bundle",
  "service: expiry is verified": "the service's clock stands still when it verifies",
  "service: connections end with their identity": "open connections are not looked at again",
} as const;

export type Guard = keyof typeof GUARDS;

export const GUARD_NAMES = Object.keys(GUARDS) as Guard[];
