// Original file: proto/botpass/v1/attach.proto


export interface InstanceStatus {
  'instanceId'?: (string);
  'status'?: (string);
  'reason'?: (string);
}

export interface InstanceStatus__Output {
  'instanceId': (string);
  'status': (string);
  'reason': (string);
}
