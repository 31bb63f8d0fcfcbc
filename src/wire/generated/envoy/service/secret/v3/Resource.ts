// Original file: proto/envoy/sds.proto

import type { Any as _envoy_service_secret_v3_Any, Any__Output as _envoy_service_secret_v3_Any__Output } from '../../../../envoy/service/secret/v3/Any.ts';

export interface Resource {
  'version'?: (string);
  'resource'?: (_envoy_service_secret_v3_Any | null);
  'name'?: (string);
}

export interface Resource__Output {
  'version': (string);
  'resource': (_envoy_service_secret_v3_Any__Output | null);
  'name': (string);
}
