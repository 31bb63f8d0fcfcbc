// Runs in a worker thread: see signing-threads.ts.
import { sign } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { fingerprint, readCsr } from "../crypto/index.ts";
import { digestOf, joseSignature, LeafTemplate } from "../crypto/issuing.ts";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import {
  JOB,
  type KnownAuthority,
  OUTCOME,
  Packer,
  type ToThread,
  Unpacker,
} from "./signing-protocol.ts";

// node:crypto finds out what a key is by an error that it throws and catches, four of them for each CSR. Each noted where it was
// thrown, which cost a fifth of a certificate; of what fails here only code and message are told.
Error.stackTraceLimit = 0;

interface Authority extends KnownAuthority {
  readonly digest: "sha256" | "sha384";
  readonly template: LeafTemplate | undefined;
}

const authorities = new Map<number, Authority>();

function learn(known: KnownAuthority): void {
  const { certificateDer, keyType, number } = known;
  const template = certificateDer === null ? undefined : new LeafTemplate(certificateDer, keyType);
  authorities.set(number, { ...known, digest: digestOf(keyType), template });
}

function authorityOf(number: number): Authority {
  const authority = authorities.get(number);
  if (authority === undefined) throw new IssuerError("INTERNAL", `no authority ${number} is known`);
  return authority;
}

/** Reads the whole job, whatever comes of it, so that the next one is found. */
function jobOf(jobs: Unpacker): (answers: Packer) => void {
  const kind = jobs.number();
  const number = jobs.number();
  if (kind === JOB.jwt) {
    const input = jobs.field();
    return (answers) => signToken(authorityOf(number), input, answers);
  }
  const [csr, serial, validity, san] = [jobs.field(), jobs.field(), jobs.field(), jobs.field()];
  return (answers) => {
    const { publicKeyDer } = readCsr(csr);
    const { template, digest, privateKey } = authorityOf(number);
    if (template === undefined) throw new IssuerError("INTERNAL", "the authority signs tokens");
    const tbs = template.tbs(serial, validity, publicKeyDer, san);
    const certificate = template.certificate(tbs, sign(digest, tbs, privateKey));
    answers.number(OUTCOME.done);
    answers.field(certificate);
    answers.text(fingerprint(publicKeyDer));
  };
}

function signToken(
  { digest, privateKey, keyType }: Authority,
  input: Buffer,
  answers: Packer,
): void {
  const signature = joseSignature(sign(digest, input, privateKey), keyType);
  answers.number(OUTCOME.done);
  answers.text(signature.toString("base64url"));
}

parentPort?.on("message", (message: ToThread) => {
  if (message.kind === "authority") {
    learn(message);
    return;
  }
  const jobs = new Unpacker(message.bytes);
  const answers = new Packer();
  while (!jobs.done) {
    const job = jobOf(jobs);
    try {
      job(answers);
    } catch (error) {
      answers.number(OUTCOME.failed);
      answers.text(errorCodeOf(error));
      answers.field(Buffer.from(messageOf(error)));
    }
  }
  const bytes = answers.finish();
  parentPort?.postMessage({ kind: "packed", bytes }, [bytes.buffer]);
});
