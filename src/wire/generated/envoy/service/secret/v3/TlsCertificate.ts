// Original file: proto/envoy/sds.proto

import type { DataSource as _envoy_service_secret_v3_DataSource, DataSource__Output as _envoy_service_secret_v3_DataSource__Output } from '../../../../envoy/service/secret/v3/DataSource.ts';

export interface TlsCertificate {
  'certificateChain'?: (_envoy_service_secret_v3_DataSource | null);
  'privateKey'?: (_envoy_service_secret_v3_DataSource | null);
}

export interface TlsCertificate__Output {
  'certificateChain': (_envoy_service_secret_v3_DataSource__Output | null);
  'privateKey': (_envoy_service_secret_v3_DataSource__Output | null);
}
