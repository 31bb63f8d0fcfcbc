// Original file: proto/envoy/sds.proto

import type { Any as _envoy_service_secret_v3_Any, Any__Output as _envoy_service_secret_v3_Any__Output } from '../../../../envoy/service/secret/v3/Any.ts';

export interface DiscoveryResponse {
  'versionInfo'?: (string);
  'resources'?: (_envoy_service_secret_v3_Any)[];
  'typeUrl'?: (string);
  'nonce'?: (string);
}

export interface DiscoveryResponse__Output {
  'versionInfo': (string);
  'resources': (_envoy_service_secret_v3_Any__Output)[];
  'typeUrl': (string);
  'nonce': (string);
}
