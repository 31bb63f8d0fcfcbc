// Original file: proto/botpass/v1/attach.proto

import type { X509SvidRequest as _botpass_v1_X509SvidRequest, X509SvidRequest__Output as _botpass_v1_X509SvidRequest__Output } from '../../botpass/v1/X509SvidRequest.ts';
import type { JwtSvidRequest as _botpass_v1_JwtSvidRequest, JwtSvidRequest__Output as _botpass_v1_JwtSvidRequest__Output } from '../../botpass/v1/JwtSvidRequest.ts';

export interface IssueItem {
  'instanceId'?: (string);
  'x509'?: (_botpass_v1_X509SvidRequest | null);
  'jwt'?: (_botpass_v1_JwtSvidRequest | null);
  'want'?: "x509"|"jwt";
}

export interface IssueItem__Output {
  'instanceId': (string);
  'x509'?: (_botpass_v1_X509SvidRequest__Output | null);
  'jwt'?: (_botpass_v1_JwtSvidRequest__Output | null);
  'want'?: "x509"|"jwt";
}
