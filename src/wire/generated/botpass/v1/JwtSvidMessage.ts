// Original file: proto/botpass/v1/types.proto

import type { Long } from '@grpc/proto-loader';

export interface JwtSvidMessage {
  'spiffeId'?: (string);
  'token'?: (string);
  'jti'?: (string);
  'issuedAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
}

export interface JwtSvidMessage__Output {
  'spiffeId': (string);
  'token': (string);
  'jti': (string);
  'issuedAtMs': (number);
  'expiresAtMs': (number);
}
