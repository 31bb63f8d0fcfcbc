// Original file: proto/botpass/v1/attach.proto

import type { Long } from '@grpc/proto-loader';

export interface Crl {
  'authorityId'?: (string);
  'der'?: (Buffer | Uint8Array | string);
  'number'?: (number | string | Long);
  'thisUpdateMs'?: (number | string | Long);
  'nextUpdateMs'?: (number | string | Long);
  'entries'?: (number);
}

export interface Crl__Output {
  'authorityId': (string);
  'der': (Buffer);
  'number': (number);
  'thisUpdateMs': (number);
  'nextUpdateMs': (number);
  'entries': (number);
}
