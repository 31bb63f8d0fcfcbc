// Original file: proto/botpass/v1/admin.proto


export interface GetLogKeyResponse {
  'verifier'?: (string);
}

export interface GetLogKeyResponse__Output {
  'verifier': (string);
}
