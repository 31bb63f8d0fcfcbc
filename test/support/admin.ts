import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { errorFromStatus, loadAdminServices } from "../../src/wire/index.ts";

type Services = ReturnType<typeof loadAdminServices>;

interface Method {
  readonly path: string;
  readonly requestSerialize: (request: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Record<string, unknown>;
}

/** A client of the admin socket for tests: any method by name. Rejects with the IssuerError that the server threw. */
export function dialTestAdmin(socket: string) {
  const client = new Client(`unix:${socket}`, credentials.createInsecure());
  const services = loadAdminServices();
  return {
    call(
      service: Extract<keyof Services, `${string}Service`>,
      method: string,
      request: object,
    ): Promise<Record<string, unknown>> {
      const definition = Reflect.get(services[service].service, method) as Method;
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          definition.path,
          definition.requestSerialize,
          definition.responseDeserialize,
          request,
          (error: ServiceError | null, response?: Record<string, unknown>) => {
            if (error !== null) reject(errorFromStatus(error));
            else resolve(response ?? {});
          },
        );
      });
    },
    close: () => client.close(),
  };
}
