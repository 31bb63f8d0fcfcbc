import type { RevokedSvid__Output } from "../wire/index.ts";
import { type Column, renderTable, showInstant } from "./table.ts";
import { instant } from "./views.ts";

/** One SVID that is live, or has just ended, of `--output json`. */
export interface LiveSvidView {
  readonly kind: string;
  readonly id: string;
  readonly bot: string;
  readonly spiffeId: string;
  readonly instanceId: string | null;
  readonly notAfter: string;
}

const COLUMNS: readonly Column<LiveSvidView>[] = [
  { heading: "KIND", cell: (svid) => svid.kind },
  { heading: "SERIAL OR JTI", cell: (svid) => svid.id },
  { heading: "BOT", cell: (svid) => svid.bot },
  { heading: "INSTANCE", cell: (svid) => svid.instanceId ?? "-" },
  { heading: "NOT AFTER", cell: (svid) => showInstant(svid.notAfter) },
];

export function liveSvidViews(svids: readonly RevokedSvid__Output[]): LiveSvidView[] {
  return svids.map((each) => ({
    kind: each.kind,
    id: each.id,
    bot: each.bot,
    spiffeId: each.spiffeId,
    instanceId: each.instanceId === "" ? null : each.instanceId,
    notAfter: instant(each.notAfterMs),
  }));
}

/** A line before the table of them; empty: there are none. */
export function liveSvidTable(svids: readonly LiveSvidView[]): string {
  return svids.length === 0 ? "" : `\n${renderTable(COLUMNS, svids)}`;
}
