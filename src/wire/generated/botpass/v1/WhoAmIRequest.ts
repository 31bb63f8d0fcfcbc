// Original file: proto/botpass/v1/operators.proto


export interface WhoAmIRequest {
}

export interface WhoAmIRequest__Output {
}
