// Original file: proto/botpass/v1/attach.proto


export interface GetCrlsRequest {
}

export interface GetCrlsRequest__Output {
}
