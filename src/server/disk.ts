import { stat, statfs } from "node:fs/promises";

/** Room on the disk of the data directory, in bytes. */
export interface DiskUse {
  readonly database: number;
  /** The write-ahead log beside the database. */
  readonly databaseLog: number;
  /** Free for the server's user. */
  readonly free: number;
  readonly size: number;
}

/** Asks the file system. @param database the database's file. */
export async function readDiskUse(database: string): Promise<DiskUse> {
  const [main, log, system] = await Promise.all([
    sizeOf(database),
    sizeOf(`${database}-wal`),
    statfs(database),
  ]);
  return {
    database: main,
    databaseLog: log,
    free: system.bavail * system.bsize,
    size: system.blocks * system.bsize,
  };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    // The log comes and goes with the connections.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
