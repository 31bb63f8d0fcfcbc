// Original file: proto/botpass/v1/admin.proto

import type { AuthorityRecord as _botpass_v1_AuthorityRecord, AuthorityRecord__Output as _botpass_v1_AuthorityRecord__Output } from '../../botpass/v1/AuthorityRecord.ts';

export interface ListAuthoritiesResponse {
  'authorities'?: (_botpass_v1_AuthorityRecord)[];
}

export interface ListAuthoritiesResponse__Output {
  'authorities': (_botpass_v1_AuthorityRecord__Output)[];
}
