export { BUNDLE_FILE, KEY_FILE, PKCS12_FILE, SVID_FILE, tokenFileName } from "./content.ts";
export { FileKeeper, type KeepOptions } from "./keeper.ts";
export {
  CURRENT,
  FileSetDirectory,
  type SetFile,
  type SetOwnership,
} from "./set-directory.ts";
export type { FileSource } from "./source.ts";
