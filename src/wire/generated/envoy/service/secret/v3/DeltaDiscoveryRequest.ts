// Original file: proto/envoy/sds.proto

import type { Node as _envoy_service_secret_v3_Node, Node__Output as _envoy_service_secret_v3_Node__Output } from '../../../../envoy/service/secret/v3/Node.ts';
import type { Status as _envoy_service_secret_v3_Status, Status__Output as _envoy_service_secret_v3_Status__Output } from '../../../../envoy/service/secret/v3/Status.ts';

export interface DeltaDiscoveryRequest {
  'node'?: (_envoy_service_secret_v3_Node | null);
  'typeUrl'?: (string);
  'resourceNamesSubscribe'?: (string)[];
  'resourceNamesUnsubscribe'?: (string)[];
  'initialResourceVersions'?: ({[key: string]: string});
  'responseNonce'?: (string);
  'errorDetail'?: (_envoy_service_secret_v3_Status | null);
}

export interface DeltaDiscoveryRequest__Output {
  'node': (_envoy_service_secret_v3_Node__Output | null);
  'typeUrl': (string);
  'resourceNamesSubscribe': (string)[];
  'resourceNamesUnsubscribe': (string)[];
  'initialResourceVersions': ({[key: string]: string});
  'responseNonce': (string);
  'errorDetail': (_envoy_service_secret_v3_Status__Output | null);
}
