// Original file: proto/botpass/v1/admin.proto

import type { RegisterBotRequest as _botpass_v1_RegisterBotRequest, RegisterBotRequest__Output as _botpass_v1_RegisterBotRequest__Output } from '../../botpass/v1/RegisterBotRequest.ts';
import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';
import type { UpdateBotRequest as _botpass_v1_UpdateBotRequest, UpdateBotRequest__Output as _botpass_v1_UpdateBotRequest__Output } from '../../botpass/v1/UpdateBotRequest.ts';
import type { SeenRecord as _botpass_v1_SeenRecord, SeenRecord__Output as _botpass_v1_SeenRecord__Output } from '../../botpass/v1/SeenRecord.ts';

export interface StateChange {
  'registerBot'?: (_botpass_v1_RegisterBotRequest | null);
  'createEntry'?: (_botpass_v1_Entry | null);
  'updateBot'?: (_botpass_v1_UpdateBotRequest | null);
  'updateEntry'?: (_botpass_v1_Entry | null);
  'deleteEntry'?: (_botpass_v1_SeenRecord | null);
  'retireBot'?: (_botpass_v1_SeenRecord | null);
  'change'?: "registerBot"|"createEntry"|"updateBot"|"updateEntry"|"deleteEntry"|"retireBot";
}

export interface StateChange__Output {
  'registerBot'?: (_botpass_v1_RegisterBotRequest__Output | null);
  'createEntry'?: (_botpass_v1_Entry__Output | null);
  'updateBot'?: (_botpass_v1_UpdateBotRequest__Output | null);
  'updateEntry'?: (_botpass_v1_Entry__Output | null);
  'deleteEntry'?: (_botpass_v1_SeenRecord__Output | null);
  'retireBot'?: (_botpass_v1_SeenRecord__Output | null);
  'change'?: "registerBot"|"createEntry"|"updateBot"|"updateEntry"|"deleteEntry"|"retireBot";
}
