import Sqlite from "better-sqlite3";

/** Highest sequence numbers of the store. */
export interface Sequences {
  readonly audit: number;
  readonly feed: number;
  readonly bundle: bigint;
}

export interface AuditRow {
  readonly sequence: number;
  readonly bytes: string;
}

/** What is committed, read past the store's own code: by few statements, since it is asked for after each event. */
export class Records {
  readonly #database: Sqlite.Database;
  readonly #sequences: Sqlite.Statement<[], { audit: number; feed: number; bundle: string | null }>;
  readonly #issued: Sqlite.Statement<[string], AuditRow & { authority: string | null }>;
  readonly #ofType: Sqlite.Statement<[string, number], AuditRow>;

  /** @param file a database that is there. */
  constructor(file: string) {
    const database = new Sqlite(file, { readonly: true, fileMustExist: true });
    this.#database = database;
    this.#sequences = database.prepare(`select
      (select value from counters where name = 'audit') as audit,
      (select value from counters where name = 'feed') as feed,
      (select value from meta where key = 'bundle_sequence') as bundle`);
    this.#issued =
      database.prepare(`select audit.sequence, audit.bytes, issuances.authority_id as authority
      from audit left join issuances on issuances.id = audit.serial
      where audit.serial = ? and audit.type = 'svid.issued' order by audit.sequence desc limit 1`);
    this.#ofType = database.prepare(
      "select sequence, bytes from audit where type = ? and sequence > ? order by sequence",
    );
  }

  sequences(): Sequences {
    const row = this.#sequences.get();
    return {
      audit: row?.audit ?? 0,
      feed: row?.feed ?? 0,
      bundle: BigInt(row?.bundle ?? "0"),
    };
  }

  /** The record of an SVID, and who signed it; undefined: there is none. */
  issued(serialHex: string): (AuditRow & { readonly authority: string }) | undefined {
    const row = this.#issued.get(serialHex);
    return row && { ...row, authority: row.authority ?? "" };
  }

  /** Those after a sequence number, oldest first. */
  ofType(type: string, afterSequence: number): readonly AuditRow[] {
    return this.#ofType.all(type, afterSequence);
  }

  close(): void {
    this.#database.close();
  }
}
