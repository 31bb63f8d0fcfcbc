// Original file: proto/envoy/sds.proto

import type { DataSource as _envoy_service_secret_v3_DataSource, DataSource__Output as _envoy_service_secret_v3_DataSource__Output } from '../../../../envoy/service/secret/v3/DataSource.ts';

export interface _envoy_service_secret_v3_SPIFFECertValidatorConfig_TrustDomain {
  'name'?: (string);
  'trustBundle'?: (_envoy_service_secret_v3_DataSource | null);
}

export interface _envoy_service_secret_v3_SPIFFECertValidatorConfig_TrustDomain__Output {
  'name': (string);
  'trustBundle': (_envoy_service_secret_v3_DataSource__Output | null);
}

export interface SPIFFECertValidatorConfig {
  'trustDomains'?: (_envoy_service_secret_v3_SPIFFECertValidatorConfig_TrustDomain)[];
}

export interface SPIFFECertValidatorConfig__Output {
  'trustDomains': (_envoy_service_secret_v3_SPIFFECertValidatorConfig_TrustDomain__Output)[];
}
