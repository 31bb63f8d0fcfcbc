/** Rotations that must be seen under requests. */
export const ROTATIONS = 3;

/** Requests of one direction. */
export interface Requests {
  readonly requests: number;
  readonly failed: number;
}

/** What a program of others and Node saw of each other. A capability is undefined when the program has no such thing. */
export interface Result {
  readonly x509: boolean;
  readonly jwtFetch: boolean | undefined;
  readonly jwtValidate: boolean | undefined;
  readonly bundle: boolean;
  /** Requests of the program to the Node service, and of Node to the program. */
  readonly out: Requests;
  readonly in: Requests;
  /** SVIDs of the program after its first that were shown in both directions. */
  readonly rotations: number;
  /** What else was not as it must be: a stranger who was let in, a secret that was refused. */
  readonly faults: readonly string[];
  /** What the program and Node had to say of failures. */
  readonly said: string;
}

/** Whether all that the program can do succeeded, with enough rotations. */
export const passed = (result: Result): boolean =>
  result.x509 &&
  result.jwtFetch !== false &&
  result.jwtValidate !== false &&
  result.bundle &&
  result.faults.length === 0 &&
  result.rotations >= ROTATIONS &&
  [result.out, result.in].every(({ requests, failed }) => requests > 50 && failed === 0);
