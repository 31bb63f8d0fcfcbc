export { type ConnectTarget, clientTls, connectTls } from "./client-tls.ts";
export { createFetch, type PeerFetch, type PeerFetchInit } from "./fetch.ts";
export { createGrpcServer, grpcCredentials, type PeerGrpcServer } from "./grpc.ts";
export { httpsAgent } from "./https-agent.ts";
export type { DeniedSource, PeerIdentity } from "./identity.ts";
export { bearerToken, type VerifyJwtOptions, verifyJwt } from "./jwt.ts";
export { peerOf, tryPeerOf } from "./peer-of.ts";
export { type ServerTlsOptions, secureServer, serverTls } from "./server-tls.ts";
export type { Peer, PeerRule } from "./verify.ts";
