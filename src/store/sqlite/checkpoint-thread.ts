// Runs in a worker thread: see checkpoints.ts.
import { parentPort, workerData } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import { messageOf } from "../../errors.ts";
import type { CheckpointAnswer, CheckpointMode } from "./checkpoints.ts";

const { file } = workerData as { readonly file: string };
let database: Sqlite.Database | undefined;

function checkpoint(mode: CheckpointMode): CheckpointAnswer {
  try {
    database ??= new Sqlite(file, { fileMustExist: true, timeout: 0 });
    database.pragma(`wal_checkpoint(${mode})`);
    return {};
  } catch (error) {
    database?.close();
    database = undefined;
    return { error: messageOf(error) };
  }
}

parentPort?.on("message", (request: CheckpointMode | "close") => {
  if (request === "close") {
    database?.close();
    parentPort?.close();
  } else {
    parentPort?.postMessage(checkpoint(request));
  }
});
