/** One line of Prometheus' text form. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a /metrics said. */
export interface Scrape {
  /** Metric → counter, gauge, histogram, summary. */
  readonly types: ReadonlyMap<string, string>;
  readonly series: readonly Series[];
  /** The value of the one series with these labels, and whatever others; undefined: there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

/** Reads a server's /metrics. @param address host:port. */
export async function scrape(address: string): Promise<Scrape> {
  const response = await fetch(`http://${address}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  const text = await response.text();
  const types = new Map<string, string>();
  const series: Series[] = [];
  for (const line of text.split("\n")) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type !== null) types.set(type[1] ?? "", type[2] ?? "");
    if (line === "" || line.startsWith("#")) continue;
    const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (parts === null) throw new Error(`not a line of metrics: ${line}`);
    const labels = [...(parts[2] ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(
      ([, name = "", value = ""]) => [name, value],
    );
    series.push({
      name: parts[1] ?? "",
      labels: Object.fromEntries(labels),
      value: Number(parts[3]),
    });
  }
  return {
    types,
    series,
    value: (name, labels = {}) =>
      series.find(
        (each) =>
          each.name === name &&
          Object.entries(labels).every(([key, value]) => each.labels[key] === value),
      )?.value,
  };
}
