// Original file: proto/botpass/v1/types.proto

import type { JwtAuthority as _botpass_v1_JwtAuthority, JwtAuthority__Output as _botpass_v1_JwtAuthority__Output } from '../../botpass/v1/JwtAuthority.ts';
import type { Long } from '@grpc/proto-loader';

export interface Bundle {
  'trustDomain'?: (string);
  'x509Authorities'?: (Buffer | Uint8Array | string)[];
  'jwtAuthorities'?: (_botpass_v1_JwtAuthority)[];
  'sequence'?: (number | string | Long);
  'refreshHintSeconds'?: (number);
}

export interface Bundle__Output {
  'trustDomain': (string);
  'x509Authorities': (Buffer)[];
  'jwtAuthorities': (_botpass_v1_JwtAuthority__Output)[];
  'sequence': (number);
  'refreshHintSeconds': (number);
}
