// Original file: proto/envoy/sds.proto

import type { DataSource as _envoy_service_secret_v3_DataSource, DataSource__Output as _envoy_service_secret_v3_DataSource__Output } from '../../../../envoy/service/secret/v3/DataSource.ts';
import type { TypedExtensionConfig as _envoy_service_secret_v3_TypedExtensionConfig, TypedExtensionConfig__Output as _envoy_service_secret_v3_TypedExtensionConfig__Output } from '../../../../envoy/service/secret/v3/TypedExtensionConfig.ts';

export interface CertificateValidationContext {
  'trustedCa'?: (_envoy_service_secret_v3_DataSource | null);
  'crl'?: (_envoy_service_secret_v3_DataSource | null);
  'customValidatorConfig'?: (_envoy_service_secret_v3_TypedExtensionConfig | null);
}

export interface CertificateValidationContext__Output {
  'trustedCa': (_envoy_service_secret_v3_DataSource__Output | null);
  'crl': (_envoy_service_secret_v3_DataSource__Output | null);
  'customValidatorConfig': (_envoy_service_secret_v3_TypedExtensionConfig__Output | null);
}
