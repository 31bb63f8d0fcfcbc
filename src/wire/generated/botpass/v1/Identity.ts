// Original file: proto/botpass/v1/attach.proto

import type { Long } from '@grpc/proto-loader';

export interface Identity {
  'instanceId'?: (string);
  'bot'?: (string);
  'spiffeId'?: (string);
  'hint'?: (string);
  'x509TtlSeconds'?: (number);
  'jwtTtlSeconds'?: (number);
  'audiences'?: (string)[];
  'dnsNames'?: (string)[];
  'kind'?: (string);
  'lineageEndsAtMs'?: (number | string | Long);
  'resumable'?: (boolean);
}

export interface Identity__Output {
  'instanceId': (string);
  'bot': (string);
  'spiffeId': (string);
  'hint': (string);
  'x509TtlSeconds': (number);
  'jwtTtlSeconds': (number);
  'audiences': (string)[];
  'dnsNames': (string)[];
  'kind': (string);
  'lineageEndsAtMs': (number);
  'resumable': (boolean);
}
