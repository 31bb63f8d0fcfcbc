import { stat, statfs } from "node:fs/promises";

/** Room on a disk, in bytes. */
export interface DiskSpace {
  /** What the server's user may take. */
  readonly free: number;
  readonly size: number;
}

/** Room on the disk of the data directory, in bytes. */
export interface DiskUse extends DiskSpace {
  readonly database: number;
  /** The write-ahead log beside the database. */
  readonly databaseLog: number;
}

/** Asks the file system that the path is on. */
export async function diskSpaceOf(path: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { free: bavail * bsize, size: blocks * bsize };
}

/** Asks the file system. @param database the database's file. */
export async function readDiskUse(database: string): Promise<DiskUse> {
  const [main, log, space] = await Promise.all([
    sizeOf(database),
    sizeOf(`${database}-wal`),
    diskSpaceOf(database),
  ]);
  return {
    database: main,
    databaseLog: log,
    ...space,
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
