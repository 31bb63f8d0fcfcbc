/** What a bot signs to prove that it holds a key, and the server verifies. */
export interface ChallengeContent {
  readonly attestor: string;
  /** Token id; empty for x509pop. */
  readonly subject: string;
  readonly trustDomain: string;
  /** 32 bytes. */
  readonly clientNonce: Uint8Array;
  /** 32 bytes. */
  readonly serverNonce: Uint8Array;
}

/** The bytes to sign: a label of this use, then each field behind its length (4 bytes, big-endian). */
export function challengeBytes(content: ChallengeContent): Buffer {
  const fields = [
    Buffer.from("botpass attestation challenge v1"),
    Buffer.from(content.attestor),
    Buffer.from(content.subject),
    Buffer.from(content.trustDomain),
    content.clientNonce,
    content.serverNonce,
  ];
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return [length, field];
    }),
  );
}
