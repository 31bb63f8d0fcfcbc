export {
  type ActiveJwtAuthority,
  type ActiveX509Authority,
  Authorities,
  type AuthoritiesOptions,
  type AuthorityEvent,
  type Transact,
  type WhichAuthority,
} from "./authorities.ts";
export { type Crl, Crls, type CrlsOptions } from "./crls.ts";
export { diskKeyStore, type KeyStore, memoryKeyStore } from "./key-store.ts";
export {
  movePrivateFile,
  readPrivateFile,
  removePrivateFile,
  writePrivateFile,
} from "./private-file.ts";
export { activateNextAt, publishNextAt, validateAuthorityTimes } from "./schedule.ts";
export {
  type LeafOrder,
  type SignedLeaf,
  type SigningAuthority,
  SigningThreads,
} from "./signing-threads.ts";
