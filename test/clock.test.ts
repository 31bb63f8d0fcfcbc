import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClock } from "../src/clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A machine: it runs, sleeps, and somebody sets its wall time. */
function machine() {
  let [wallMs, steadyMs, upMs] = [Date.UTC(2030, 0, 1), 0, 77_000];
  const clock = createClock({
    wallMs: () => wallMs,
    steadyMs: () => steadyMs,
    upMs: () => Math.round(upMs / 10) * 10,
  });
  return {
    clock,
    run(ms: number) {
      for (let left = ms; left > 0; left -= 100) {
        const step = Math.min(left, 100);
        [wallMs, steadyMs, upMs] = [wallMs + step, steadyMs + step, upMs + step];
        vi.advanceTimersByTime(step);
      }
    },
    sleep(ms: number) {
      [wallMs, upMs] = [wallMs + ms, upMs + ms];
    },
    setWall(byMs: number) {
      wallMs += byMs;
    },
  };
}

const HOUR = 3_600_000;

test("a timer counts the time that the machine sleeps", () => {
  const { clock, run, sleep } = machine();
  const action = vi.fn();
  clock.schedule(HOUR, action);
  run(10_000);
  sleep(HOUR - 20_000);
  run(9_000);
  expect(action).not.toHaveBeenCalled();
  run(2_000);
  expect(action).toHaveBeenCalledOnce();
  run(HOUR);
  expect(action).toHaveBeenCalledOnce();
});

test("one that came due in its sleep fires within a second or so of waking", () => {
  const { clock, run, sleep } = machine();
  const action = vi.fn();
  clock.schedule(HOUR, action);
  sleep(5 * HOUR);
  run(1_100);
  expect(action).toHaveBeenCalledOnce();
});

test("monotonic time counts sleep, and knows nothing of wall time", () => {
  const { clock, run, sleep, setWall } = machine();
  const before = clock.monotonicMs();
  run(5_000);
  setWall(-HOUR);
  run(5_000);
  setWall(3 * HOUR);
  sleep(HOUR);
  run(5_000);
  expect(clock.monotonicMs() - before).toBe(HOUR + 15_000);
});

test("wall time that is set fires no timer, either way, and is told", () => {
  const { clock, run, setWall } = machine();
  const [action, jumped] = [vi.fn(), vi.fn()];
  clock.schedule(HOUR, action);
  const stop = clock.onJump?.(jumped);
  run(5_000);
  expect(jumped).not.toHaveBeenCalled();
  setWall(5 * HOUR);
  run(1_100);
  expect(jumped).toHaveBeenCalledTimes(1);
  setWall(-9 * HOUR);
  run(1_100);
  expect(jumped).toHaveBeenCalledTimes(2);
  expect(action).not.toHaveBeenCalled();
  run(HOUR - 7_200);
  expect(action).toHaveBeenCalledOnce();
  stop?.();
  setWall(HOUR);
  run(2_000);
  expect(jumped).toHaveBeenCalledTimes(2);
});

test("sleep alone is no jump; nothing is watched when nothing waits", () => {
  const { clock, run, sleep } = machine();
  const jumped = vi.fn();
  const stop = clock.onJump?.(jumped);
  sleep(HOUR);
  run(2_000);
  expect(jumped).not.toHaveBeenCalled();
  const timer = clock.schedule(HOUR, () => undefined);
  stop?.();
  timer.cancel();
  timer.cancel();
  expect(vi.getTimerCount()).toBe(0);
});

test("a delay above what Node's timers can is honoured", () => {
  const { clock } = machine();
  const action = vi.fn();
  const timer = clock.schedule(2 ** 31 + HOUR, action);
  vi.advanceTimersByTime(1);
  expect(action).not.toHaveBeenCalled();
  timer.cancel();
  expect(vi.getTimerCount()).toBe(0);
});
