// Original file: proto/botpass/v1/admin.proto


export interface BackupRequest {
  'directory'?: (string);
}

export interface BackupRequest__Output {
  'directory': (string);
}
