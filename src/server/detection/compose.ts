import type { Recorder } from "../../audit/index.ts";
import type { Clock } from "../../clock.ts";
import { DETECTORS } from "../../detection/index.ts";
import type { Store } from "../../store/index.ts";
import type { ServerConfig } from "../config.ts";
import type { Logger } from "../logging.ts";
import type { ServerMetrics } from "../metrics.ts";
import { PassportExpectations } from "./expectations.ts";
import { DetectionWatch } from "./watch.ts";
import { WebhookSender } from "./webhooks.ts";

interface Parts {
  readonly config: ServerConfig;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<ServerMetrics, "found" | "delivery">;
  readonly onError: (error: unknown) => void;
  /** Gets what is to be closed, in the opposite order. */
  readonly opened: (() => Promise<void> | void)[];
}

/** The watch over the audit, with who is told of findings. It is to be started by the caller. */
export function watchForMisuse(parts: Parts): DetectionWatch {
  const { config, store, recorder, clock, logger, metrics, onError, opened } = parts;
  const senders = config.events.webhooks.map(
    (webhook) =>
      new WebhookSender({
        webhook,
        store,
        clock,
        format: (finding) => watch.format(finding),
        onDelivered: () => metrics.delivery("delivered"),
        onFailure(name, finding, why, over) {
          const fields = { webhook: name, finding, why };
          metrics.delivery(over ? "given_up" : "failed");
          if (over) logger.error(fields, "webhook given up");
          else logger.warn(fields, "webhook not reached");
        },
        onError,
      }),
  );
  const watch: DetectionWatch = new DetectionWatch({
    store,
    recorder,
    clock,
    expectations: new PassportExpectations(store, config.detection),
    trustDomain: config.trustDomain.name,
    format: config.events.format,
    webhooks: config.events.webhooks.map(({ name }) => name),
    keepSeconds: config.auditKeepSeconds,
    onFinding({ id, detector, severity, summary }, event) {
      logger.warn({ finding: id, detector, severity, event }, summary);
      const known = DETECTORS.find((each) => each === detector);
      if (known !== undefined) metrics.found(known, severity);
      for (const sender of senders) sender.wake();
    },
    onDropped(webhook) {
      metrics.delivery("dropped");
      logger.error({ webhook }, "too many findings wait for the webhook: the oldest went");
    },
    onError,
  });
  for (const sender of senders) {
    sender.wake();
    opened.push(() => sender.stop());
  }
  opened.push(() => watch.stop());
  return watch;
}
