// What tests use of oidc-provider, which comes without types.
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface Jwt {
    header?: Record<string, unknown>;
    payload: Record<string, unknown>;
  }

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  }

  export type JwtCustomizer = (
    context: { readonly req: IncomingMessage },
    token: unknown,
    jwt: Jwt,
  ) => Promise<void>;
}
