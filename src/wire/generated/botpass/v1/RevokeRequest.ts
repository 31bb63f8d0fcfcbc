// Original file: proto/botpass/v1/admin.proto

import type { JwtsOf as _botpass_v1_JwtsOf, JwtsOf__Output as _botpass_v1_JwtsOf__Output } from '../../botpass/v1/JwtsOf.ts';
import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from '../../botpass/v1/Selector.ts';

export interface RevokeRequest {
  'serial'?: (string);
  'jti'?: (string);
  'jwtsOf'?: (_botpass_v1_JwtsOf | null);
  'instance'?: (string);
  'bot'?: (string);
  'token'?: (string);
  'node'?: (string);
  'selector'?: (_botpass_v1_Selector | null);
  'authority'?: (string);
  'reason'?: (string);
  'dryRun'?: (boolean);
  'target'?: "serial"|"jti"|"jwtsOf"|"instance"|"bot"|"token"|"node"|"selector"|"authority";
}

export interface RevokeRequest__Output {
  'serial'?: (string);
  'jti'?: (string);
  'jwtsOf'?: (_botpass_v1_JwtsOf__Output | null);
  'instance'?: (string);
  'bot'?: (string);
  'token'?: (string);
  'node'?: (string);
  'selector'?: (_botpass_v1_Selector__Output | null);
  'authority'?: (string);
  'reason': (string);
  'dryRun': (boolean);
  'target'?: "serial"|"jti"|"jwtsOf"|"instance"|"bot"|"token"|"node"|"selector"|"authority";
}
