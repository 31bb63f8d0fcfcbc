// Original file: proto/botpass/v1/admin.proto


export interface GetLogKeyRequest {
}

export interface GetLogKeyRequest__Output {
}
