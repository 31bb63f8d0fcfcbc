// Envoy's SDS v3 on the socket of the Workload API: what a stock gRPC client of it is told, and when.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { type ClientDuplexStream, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveChildren } from "../../src/host-agent/index.ts";
import { type Bundle, IssuerError } from "../../src/index.ts";
import {
  type DeltaDiscoveryRequest,
  type DeltaDiscoveryResponse__Output,
  type DiscoveryRequest,
  type DiscoveryResponse__Output,
  loadSds,
  type Secret__Output,
} from "../../src/wire/index.ts";
import {
  serveWorkloadApi,
  type Workload,
  type WorkloadProvider,
} from "../../src/workload-api/index.ts";
import { testAuthority } from "../support/ca.ts";
import { type WorkloadDoor, workloadDoor } from "../support/workload-door.ts";

const TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
const FIRST = "spiffe://example.org/bot/default/first";
const SECOND = "spiffe://example.org/bot/default/second";
const DOMAIN = "spiffe://example.org";
const NOBODY = "spiffe://example.org/bot/default/nobody";

const faults: unknown[] = [];
let door: WorkloadDoor;
let client: ReturnType<typeof dial>;
let close: () => Promise<void>;
beforeAll(async () => {
  door = await workloadDoor();
  const path = `${door.path}.sds`;
  const served = await serveChildren(door.bot, {
    path,
    maxStreamsPerUid: 8,
    onFault: (error) => faults.push(error),
  });
  client = dial(path);
  close = () => served.close();
});
afterAll(async () => {
  client.close();
  await close();
  await door.close();
});

function dial(path: string) {
  const { SecretDiscoveryService } = loadSds();
  return new SecretDiscoveryService(`unix:${path}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
}

/** A stream, its answers and its end, waited for. */
function talk<Request, Response>(call: ClientDuplexStream<Request, Response>) {
  const answers: Response[] = [];
  let failed: ServiceError | undefined;
  let wake = (): void => undefined;
  call.on("data", (answer: Response) => {
    answers.push(answer);
    wake();
  });
  call.on("error", (error: ServiceError) => {
    failed = error;
    wake();
  });
  const woken = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return {
    answers,
    say: (request: Request) => call.write(request),
    async at(index: number): Promise<Response> {
      for (;;) {
        const answer = answers[index];
        if (answer !== undefined) return answer;
        if (failed) throw failed;
        await woken();
      }
    },
    async failure(): Promise<ServiceError> {
      while (failed === undefined) await woken();
      return failed;
    },
    async end(): Promise<void> {
      call.cancel();
      await this.failure();
    },
  };
}

const whole = () => talk<DiscoveryRequest, DiscoveryResponse__Output>(client.StreamSecrets());
const delta = () =>
  talk<DeltaDiscoveryRequest, DeltaDiscoveryResponse__Output>(client.DeltaSecrets());

function fetch(request: DiscoveryRequest): Promise<DiscoveryResponse__Output> {
  return new Promise((resolve, reject) => {
    client.FetchSecrets(request, (error, response) => {
      if (error) reject(error);
      else if (response) resolve(response);
    });
  });
}

type Any = { typeUrl: string; value: Buffer } | null;

function secretOf(resource: Any): Secret__Output {
  expect(resource?.typeUrl).toBe(TYPE);
  return loadSds().Secret.deserialize(resource?.value ?? Buffer.alloc(0));
}

const secretsOf = ({ resources }: DiscoveryResponse__Output) => resources.map(secretOf);
const namesOf = (answer: DiscoveryResponse__Output) => secretsOf(answer).map(({ name }) => name);

const pemOf = (source: { inlineBytes?: Buffer | Uint8Array | string } | null | undefined) =>
  Buffer.from(source?.inlineBytes ?? "").toString();

function certificateOf(secret: Secret__Output | undefined): X509Certificate {
  return new X509Certificate(pemOf(secret?.tlsCertificate?.certificateChain));
}

/** Has the issuer give the second bot a new SVID; the first keeps its own. */
let names = 0;
async function rotateSecond(): Promise<void> {
  const { server, entries } = door;
  const entry = await server.admin.call("EntryService", "GetEntry", { id: entries.second });
  names += 1;
  await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...entry, dnsNames: [`second-${names}.example.org`] },
  });
}

test("by name: the certificate with its key, the authorities of a domain, and the validator of all", async () => {
  const answer = await fetch({
    typeUrl: TYPE,
    resourceNames: ["default", SECOND, "ROOTCA", "ALL"],
  });
  const [first, second, root, all] = secretsOf(answer);
  expect(namesOf(answer)).toEqual(["default", SECOND, "ROOTCA", "ALL"]);
  expect(certificateOf(first).subjectAltName).toBe(`URI:${FIRST}`);
  expect(certificateOf(second).subjectAltName).toContain(`URI:${SECOND}`);
  for (const secret of [first, second]) {
    const key = createPrivateKey(pemOf(secret?.tlsCertificate?.privateKey));
    expect(certificateOf(secret).checkPrivateKey(key)).toBe(true);
  }
  const authority = new X509Certificate(pemOf(root?.validationContext?.trustedCa));
  expect(certificateOf(first).verify(authority.publicKey)).toBe(true);
  const validator = all?.validationContext?.customValidatorConfig;
  expect(validator?.name).toBe("envoy.tls.cert_validator.spiffe");
  expect(validator?.typedConfig?.typeUrl).toBe(
    "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig",
  );
  const { trustDomains } = loadSds().SPIFFECertValidatorConfig.deserialize(
    validator?.typedConfig?.value as Buffer,
  );
  expect(trustDomains.map(({ name }) => name)).toEqual(["example.org"]);
  expect(pemOf(trustDomains[0]?.trustBundle)).toBe(pemOf(root?.validationContext?.trustedCa));
});

test("the validator of all has each trust domain with its own authorities, and nobody else's", async () => {
  const own = await testAuthority();
  const partner = await testAuthority({ trustDomain: "partner.example" });
  const svid = await own.issue();
  let bundles = [own.bundle, partner.bundle];
  let tell = (): void => undefined;
  const workload: Workload = {
    svids: () => [svid],
    bundles: () => bundles,
    jwtSvid: () => Promise.reject(new IssuerError("AUDIENCE_NOT_ALLOWED", "none")),
    onChange(listener) {
      tell = listener;
      return () => undefined;
    },
    release: () => undefined,
  };
  const provider: WorkloadProvider = {
    open: async () => workload,
    validateJwt: () => {
      throw new IssuerError("SVID_INVALID", "none");
    },
  };
  const path = `${door.path}.federated`;
  const served = await serveWorkloadApi({ path, provider });
  const federated = dial(path);
  const stream = talk<DiscoveryRequest, DiscoveryResponse__Output>(federated.StreamSecrets());
  const trusted = (answer: DiscoveryResponse__Output): Record<string, string> => {
    const [all] = secretsOf(answer);
    const config = all?.validationContext?.customValidatorConfig?.typedConfig;
    const { trustDomains } = loadSds().SPIFFECertValidatorConfig.deserialize(
      config?.value as Buffer,
    );
    return Object.fromEntries(
      trustDomains.map(({ name, trustBundle }) => [name, pemOf(trustBundle)]),
    );
  };
  const pem = ({ bundle }: { bundle: Bundle }): string =>
    bundle.x509Authorities.map((der) => new X509Certificate(der).toString()).join("");
  try {
    stream.say({ typeUrl: TYPE, resourceNames: ["ALL", "spiffe://partner.example", "ROOTCA"] });
    const first = await stream.at(0);
    expect(namesOf(first)).toEqual(["ALL", "spiffe://partner.example", "ROOTCA"]);
    expect(trusted(first)).toEqual({ "example.org": pem(own), "partner.example": pem(partner) });
    const [, theirs, ours] = secretsOf(first).map((secret) =>
      pemOf(secret.validationContext?.trustedCa),
    );
    expect([theirs, ours]).toEqual([pem(partner), pem(own)]);
    // The other trust domain is trusted no more: it goes with the next message.
    bundles = [own.bundle];
    tell();
    const second = await stream.at(1);
    expect(namesOf(second)).toEqual(["ALL", "ROOTCA"]);
    expect(trusted(second)).toEqual({ "example.org": pem(own) });
    await stream.end();
  } finally {
    federated.close();
    await served.close();
  }
});

test("who names nothing gets the default certificate and the authorities; unknown names are left out", async () => {
  expect(namesOf(await fetch({}))).toEqual(["default", DOMAIN]);
  const stream = whole();
  stream.say({ typeUrl: TYPE });
  expect(namesOf(await stream.at(0))).toEqual(["default", DOMAIN]);
  await stream.end();
  expect(namesOf(await fetch({ resourceNames: [NOBODY, "no ID", "ROOTCA"] }))).toEqual(["ROOTCA"]);
  expect(namesOf(await fetch({ resourceNames: [NOBODY] }))).toEqual([]);
});

test("another type and too many names end the stream", async () => {
  const other = whole();
  other.say({ typeUrl: "type.googleapis.com/envoy.config.cluster.v3.Cluster" });
  expect((await other.failure()).code).toBe(status.INVALID_ARGUMENT);
  const many = delta();
  many.say({ resourceNamesSubscribe: Array.from({ length: 257 }, (_, index) => `n${index}`) });
  expect((await many.failure()).code).toBe(status.RESOURCE_EXHAUSTED);
});

test("a stream is answered at the first request, at new names, and at a rotation; an ACK or a stale nonce is not answered", async () => {
  const stream = whole();
  stream.say({ resourceNames: [SECOND], responseNonce: "of an earlier stream" });
  const first = await stream.at(0);
  const ack = { resourceNames: [SECOND], responseNonce: first.nonce };
  stream.say({ ...ack, versionInfo: first.versionInfo });
  stream.say({ resourceNames: ["default"], responseNonce: "stale" });
  await rotateSecond();
  const second = await stream.at(1);
  expect(namesOf(second)).toEqual([SECOND]);
  expect(second.nonce).not.toBe(first.nonce);
  expect(second.versionInfo).not.toBe(first.versionInfo);
  expect(certificateOf(secretsOf(second)[0]).serialNumber).not.toBe(
    certificateOf(secretsOf(first)[0]).serialNumber,
  );
  // Names that change are answered, with an ACK of what was before.
  stream.say({
    resourceNames: [SECOND, "ROOTCA"],
    responseNonce: second.nonce,
    versionInfo: second.versionInfo,
  });
  const third = await stream.at(2);
  expect(namesOf(third)).toEqual([SECOND, "ROOTCA"]);
  await stream.end();
  expect(stream.answers).toHaveLength(3);
});

test("a refusal is reported once, and answered only when something has changed", async () => {
  faults.length = 0;
  const stream = whole();
  stream.say({ node: { id: "proxy-1" }, resourceNames: [SECOND] });
  const first = await stream.at(0);
  const nack = {
    node: { id: "proxy-1" },
    resourceNames: [SECOND],
    responseNonce: first.nonce,
    errorDetail: { code: 3, message: "no\nsuch key" },
  };
  stream.say(nack);
  stream.say(nack);
  await expect.poll(() => faults.length).toBe(1);
  await rotateSecond();
  const second = await stream.at(1);
  expect(second.versionInfo).not.toBe(first.versionInfo);
  await stream.end();
  expect(stream.answers).toHaveLength(2);
  expect(faults.map(String)).toEqual([
    'IssuerError: SDS client "proxy-1" refused its secrets: "no\\nsuch key"',
  ]);
});

test("a name of which there is nothing waits for it: whole state silently, delta told that it is gone", async () => {
  const { server, bot } = door;
  const late = "spiffe://example.org/bot/default/late";
  const stream = whole();
  const changes = delta();
  stream.say({ resourceNames: [late] });
  changes.say({ resourceNamesSubscribe: [late, "default"] });
  const before = await changes.at(0);
  expect(before.removedResources).toEqual([late]);
  expect(before.resources.map(({ name }) => name)).toEqual(["default"]);
  await server.register("late");
  const { entry } = await server.admin.call("EntryService", "CreateEntry", {
    entry: { bot: "late", selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }] },
  });
  expect(namesOf(await stream.at(0))).toEqual([late]);
  expect((await changes.at(1)).resources.map(({ name }) => name)).toEqual([late]);
  const crls = bot.crls();
  await server.admin.call("EntryService", "DeleteEntry", { id: (entry as { id: string }).id });
  const after = await changes.at(2);
  expect([after.removedResources, after.resources]).toEqual([[late], []]);
  expect(bot.x509Svids()).toHaveLength(2);
  // Its SVIDs come onto the revocation list a moment later, which is news of ROOTCA.
  await expect.poll(() => bot.crls()).not.toBe(crls);
  await stream.end();
  await changes.end();
});

test("delta: only what is new, by name; what the client has already is not sent again", async () => {
  faults.length = 0;
  const stream = delta();
  stream.say({ typeUrl: TYPE, resourceNamesSubscribe: [SECOND, "ROOTCA"] });
  const first = await stream.at(0);
  expect(first.resources.map(({ name }) => name)).toEqual([SECOND, "ROOTCA"]);
  expect(first.resources.map(({ resource }) => secretOf(resource).name)).toEqual([
    SECOND,
    "ROOTCA",
  ]);
  stream.say({ responseNonce: first.nonce });
  await rotateSecond();
  const second = await stream.at(1);
  expect(second.resources.map(({ name }) => name)).toEqual([SECOND]);
  stream.say({ responseNonce: second.nonce, errorDetail: { code: 3, message: "broken" } });
  stream.say({ resourceNamesSubscribe: ["default"], resourceNamesUnsubscribe: [SECOND] });
  const third = await stream.at(2);
  expect(third.resources.map(({ name }) => name)).toEqual(["default"]);
  expect(faults).toHaveLength(1);
  await rotateSecond();
  stream.say({ resourceNamesSubscribe: ["ROOTCA"] });
  expect((await stream.at(3)).resources.map(({ name }) => name)).toEqual(["ROOTCA"]);
  await stream.end();

  const again = delta();
  const versions = Object.fromEntries(first.resources.map(({ name, version }) => [name, version]));
  again.say({
    resourceNamesSubscribe: [SECOND, "ROOTCA"],
    initialResourceVersions: { ...versions, elsewhere: "1" },
  });
  const news = await again.at(0);
  expect(news.resources.map(({ name }) => name)).toEqual([SECOND]);
  expect(news.removedResources).toEqual([]);
  await again.end();
});

test("who has no identity is PERMISSION_DENIED, on every method", async () => {
  const path = `${door.path}.nobody`;
  const other = await serveChildren(door.bot, { path, uids: [(process.getuid?.() ?? 0) + 1] });
  const nobody = dial(path);
  const denied = expect.objectContaining({ code: status.PERMISSION_DENIED });
  expect(await talk(nobody.StreamSecrets()).failure()).toEqual(denied);
  expect(await talk(nobody.DeltaSecrets()).failure()).toEqual(denied);
  const failure = await new Promise((resolve) => nobody.FetchSecrets({}, resolve));
  expect(failure).toEqual(denied);
  nobody.close();
  await other.close();
});

test("streams are counted with those of the Workload API, and given back", async () => {
  const open = Array.from({ length: 8 }, whole);
  for (const stream of open) stream.say({ resourceNames: ["default"] });
  for (const stream of open) await stream.at(0);
  expect((await whole().failure()).code).toBe(status.RESOURCE_EXHAUSTED);
  for (const stream of open) await stream.end();
  await expect
    .poll(async () => {
      const stream = whole();
      stream.say({ resourceNames: ["default"] });
      const answer = await stream.at(0).catch((error: ServiceError) => error.code);
      if (typeof answer !== "number") await stream.end();
      return typeof answer;
    })
    .toBe("object");
});
