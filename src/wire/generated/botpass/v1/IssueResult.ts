// Original file: proto/botpass/v1/attach.proto

import type { X509SvidMessage as _botpass_v1_X509SvidMessage, X509SvidMessage__Output as _botpass_v1_X509SvidMessage__Output } from '../../botpass/v1/X509SvidMessage.ts';
import type { JwtSvidMessage as _botpass_v1_JwtSvidMessage, JwtSvidMessage__Output as _botpass_v1_JwtSvidMessage__Output } from '../../botpass/v1/JwtSvidMessage.ts';
import type { ErrorMessage as _botpass_v1_ErrorMessage, ErrorMessage__Output as _botpass_v1_ErrorMessage__Output } from '../../botpass/v1/ErrorMessage.ts';

export interface IssueResult {
  'x509'?: (_botpass_v1_X509SvidMessage | null);
  'jwt'?: (_botpass_v1_JwtSvidMessage | null);
  'error'?: (_botpass_v1_ErrorMessage | null);
  'result'?: "x509"|"jwt"|"error";
}

export interface IssueResult__Output {
  'x509'?: (_botpass_v1_X509SvidMessage__Output | null);
  'jwt'?: (_botpass_v1_JwtSvidMessage__Output | null);
  'error'?: (_botpass_v1_ErrorMessage__Output | null);
  'result'?: "x509"|"jwt"|"error";
}
