// Original file: proto/botpass/v1/attach.proto

import type { JoinTokenEvidence as _botpass_v1_JoinTokenEvidence, JoinTokenEvidence__Output as _botpass_v1_JoinTokenEvidence__Output } from '../../botpass/v1/JoinTokenEvidence.ts';
import type { X509PopEvidence as _botpass_v1_X509PopEvidence, X509PopEvidence__Output as _botpass_v1_X509PopEvidence__Output } from '../../botpass/v1/X509PopEvidence.ts';
import type { UnixEvidence as _botpass_v1_UnixEvidence, UnixEvidence__Output as _botpass_v1_UnixEvidence__Output } from '../../botpass/v1/UnixEvidence.ts';
import type { SvidEvidence as _botpass_v1_SvidEvidence, SvidEvidence__Output as _botpass_v1_SvidEvidence__Output } from '../../botpass/v1/SvidEvidence.ts';
import type { WorkloadEvidence as _botpass_v1_WorkloadEvidence, WorkloadEvidence__Output as _botpass_v1_WorkloadEvidence__Output } from '../../botpass/v1/WorkloadEvidence.ts';
import type { OidcEvidence as _botpass_v1_OidcEvidence, OidcEvidence__Output as _botpass_v1_OidcEvidence__Output } from '../../botpass/v1/OidcEvidence.ts';

export interface Hello {
  'protocolVersion'?: (number);
  'client'?: (string);
  'clientNonce'?: (Buffer | Uint8Array | string);
  'joinToken'?: (_botpass_v1_JoinTokenEvidence | null);
  'x509pop'?: (_botpass_v1_X509PopEvidence | null);
  'unix'?: (_botpass_v1_UnixEvidence | null);
  'svid'?: (_botpass_v1_SvidEvidence | null);
  'workload'?: (_botpass_v1_WorkloadEvidence | null);
  'oidc'?: (_botpass_v1_OidcEvidence | null);
  'evidence'?: "joinToken"|"x509pop"|"unix"|"svid"|"workload"|"oidc";
}

export interface Hello__Output {
  'protocolVersion': (number);
  'client': (string);
  'clientNonce': (Buffer);
  'joinToken'?: (_botpass_v1_JoinTokenEvidence__Output | null);
  'x509pop'?: (_botpass_v1_X509PopEvidence__Output | null);
  'unix'?: (_botpass_v1_UnixEvidence__Output | null);
  'svid'?: (_botpass_v1_SvidEvidence__Output | null);
  'workload'?: (_botpass_v1_WorkloadEvidence__Output | null);
  'oidc'?: (_botpass_v1_OidcEvidence__Output | null);
  'evidence'?: "joinToken"|"x509pop"|"unix"|"svid"|"workload"|"oidc";
}
