// Original file: proto/envoy/sds.proto

import type { TlsCertificate as _envoy_service_secret_v3_TlsCertificate, TlsCertificate__Output as _envoy_service_secret_v3_TlsCertificate__Output } from '../../../../envoy/service/secret/v3/TlsCertificate.ts';
import type { CertificateValidationContext as _envoy_service_secret_v3_CertificateValidationContext, CertificateValidationContext__Output as _envoy_service_secret_v3_CertificateValidationContext__Output } from '../../../../envoy/service/secret/v3/CertificateValidationContext.ts';

export interface Secret {
  'name'?: (string);
  'tlsCertificate'?: (_envoy_service_secret_v3_TlsCertificate | null);
  'validationContext'?: (_envoy_service_secret_v3_CertificateValidationContext | null);
  'type'?: "tlsCertificate"|"validationContext";
}

export interface Secret__Output {
  'name': (string);
  'tlsCertificate'?: (_envoy_service_secret_v3_TlsCertificate__Output | null);
  'validationContext'?: (_envoy_service_secret_v3_CertificateValidationContext__Output | null);
  'type'?: "tlsCertificate"|"validationContext";
}
