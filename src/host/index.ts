export { type Caller, readCaller } from "./caller.ts";
export { ConnectionSet, type Listener } from "./connection-set.ts";
export { type PeerCredentials, peerCredentialsOf } from "./peer-credentials.ts";
export { isAlive } from "./process-facts.ts";
export { inheritedSockets, ServiceManager, type ServiceManagerOptions } from "./service-manager.ts";
export { listenUnix, type UnixListenerOptions } from "./unix-listener.ts";
