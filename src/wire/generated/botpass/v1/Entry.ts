// Original file: proto/botpass/v1/types.proto

import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from '../../botpass/v1/Selector.ts';
import type { Long } from '@grpc/proto-loader';

export interface Entry {
  'id'?: (string);
  'bot'?: (string);
  'selectors'?: (_botpass_v1_Selector)[];
  'x509TtlSeconds'?: (number);
  'jwtTtlSeconds'?: (number);
  'dnsNames'?: (string)[];
  'audiences'?: (string)[];
  'hint'?: (string);
  'expiresAtMs'?: (number | string | Long);
  'createdAtMs'?: (number | string | Long);
  'updatedAtMs'?: (number | string | Long);
  'revision'?: (number | string | Long);
  'nodes'?: (string)[];
  'nodeSelectors'?: (_botpass_v1_Selector)[];
}

export interface Entry__Output {
  'id': (string);
  'bot': (string);
  'selectors': (_botpass_v1_Selector__Output)[];
  'x509TtlSeconds': (number);
  'jwtTtlSeconds': (number);
  'dnsNames': (string)[];
  'audiences': (string)[];
  'hint': (string);
  'expiresAtMs': (number);
  'createdAtMs': (number);
  'updatedAtMs': (number);
  'revision': (number);
  'nodes': (string)[];
  'nodeSelectors': (_botpass_v1_Selector__Output)[];
}
