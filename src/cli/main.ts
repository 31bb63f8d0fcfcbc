#!/usr/bin/env node
// In a clone whose packages were installed without the optional ones there is no command.
const { runCli } = await import("./run.ts").catch((error: NodeJS.ErrnoException) => {
  const missing = /Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (error.code !== "ERR_MODULE_NOT_FOUND" || missing === undefined) throw error;
  process.stderr.write(
    `botpass: package ${missing} is not installed: the command line and the server are in the package\n` +
      "botpass-server, which brings all that they need: see docs/install.md\n",
  );
  process.exit(1);
});

// A reader that has seen enough (`botpass audit list | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

/** Resolves with the first signal to stop; a second one ends the process as if nobody listened. */
function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      process.off("SIGTERM", stop).off("SIGINT", stop);
      resolve(signal);
    };
    process.on("SIGTERM", stop).on("SIGINT", stop);
  });
}

const PASSED_ON = [
  ...(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const),
  ...(["SIGWINCH", "SIGCONT"] as const),
];

function onSignal(listener: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of PASSED_ON) process.on(signal, listener);
  return () => {
    for (const signal of PASSED_ON) process.off(signal, listener);
  };
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  stopRequested,
  onSignal,
});

export {};
