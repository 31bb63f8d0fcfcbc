// Original file: proto/envoy/sds.proto

import type { Any as _envoy_service_secret_v3_Any, Any__Output as _envoy_service_secret_v3_Any__Output } from '../../../../envoy/service/secret/v3/Any.ts';

export interface TypedExtensionConfig {
  'name'?: (string);
  'typedConfig'?: (_envoy_service_secret_v3_Any | null);
}

export interface TypedExtensionConfig__Output {
  'name': (string);
  'typedConfig': (_envoy_service_secret_v3_Any__Output | null);
}
