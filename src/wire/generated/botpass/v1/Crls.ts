// Original file: proto/botpass/v1/attach.proto

import type { Crl as _botpass_v1_Crl, Crl__Output as _botpass_v1_Crl__Output } from '../../botpass/v1/Crl.ts';

export interface Crls {
  'crls'?: (_botpass_v1_Crl)[];
}

export interface Crls__Output {
  'crls': (_botpass_v1_Crl__Output)[];
}
