import {
  type Compilable,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Tables } from "./schema.ts";

/** Builds and types SQL; it never runs any. */
export const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

export type SqlValue = string | number | Buffer | null;
export type SqlParameters = Readonly<Record<string, SqlValue>>;

/** Stands for a parameter while a query is built. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const placeholders = new Proxy(
  {},
  { get: (_, name) => (typeof name === "string" ? new Placeholder(name) : undefined) },
);

/**
 * A query with named parameters, built once, when first used. Each connection prepares it once.
 * `build` gets a placeholder for every parameter, typed as its value; it must only pass them on.
 */
export class Query<P extends SqlParameters, R> {
  /** Never set: carries the type of the rows. */
  declare readonly rows: R;
  readonly #build: (parameters: P) => Compilable<R>;
  #compiled: { readonly sql: string; readonly parameters: readonly unknown[] } | undefined;

  constructor(build: (parameters: P) => Compilable<R>) {
    this.#build = build;
  }

  get sql(): string {
    return this.#compile().sql;
  }

  /** The values in the order of the SQL text. */
  bind(values: P): SqlValue[] {
    const { parameters } = this.#compile();
    const bound = new Array<SqlValue>(parameters.length);
    for (let index = 0; index < parameters.length; index++) {
      const each = parameters[index];
      bound[index] = each instanceof Placeholder ? (values[each.name] ?? null) : (each as SqlValue);
    }
    return bound;
  }

  #compile() {
    this.#compiled ??= this.#build(placeholders as P).compile();
    return this.#compiled;
  }
}

/** Short for `new Query(build)`: parameters are typed by the annotation of `build`'s argument. */
export function query<P extends SqlParameters, R>(
  build: (parameters: P) => Compilable<R>,
): Query<P, R> {
  return new Query(build);
}
