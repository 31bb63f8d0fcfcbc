import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/slow/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    pool: "forks",
    // Most of these wait: for tokens to end, for what was killed to come back.
    maxWorkers: 3,
  },
});
