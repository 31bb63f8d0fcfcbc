// Original file: proto/botpass/v1/admin.proto


export interface GetInfoRequest {
}

export interface GetInfoRequest__Output {
}
