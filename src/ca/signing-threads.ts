import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fingerprint, readCsr, type Signer } from "../crypto/index.ts";
import { signFilledLeaf } from "../crypto/issuing.ts";
import { ERROR_CODES, IssuerError } from "../errors.ts";
import { JOB, OUTCOME, type Packed, Packer, type ToThread, Unpacker } from "./signing-protocol.ts";

/** Who signs. */
export interface SigningAuthority {
  readonly signer: Signer;
  /** Needed for certificates. */
  readonly certificateDer?: Buffer;
}

/** A leaf to be made of a CSR. */
export interface LeafOrder {
  /** PKCS#10 in DER: verified, and nothing of it used but its key. */
  readonly csrDer: Uint8Array;
  /** 16 bytes, positive. */
  readonly serial: Buffer;
  /** DER, as `validity` makes it. */
  readonly validity: Buffer;
  /** DER, as `subjectAltName` makes it. */
  readonly subjectAltName: Buffer;
}

export interface SignedLeaf {
  readonly certificateDer: Buffer;
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  readonly publicKeyHash: string;
}

interface Job {
  /** How much work it is; a certificate: 6. */
  readonly weight: number;
  readonly authority: SigningAuthority;
  readonly number: number;
  pack(packer: Packer): void;
  unpack(answers: Unpacker): void;
  fail(error: IssuerError): void;
}

interface Thread {
  readonly worker: Worker;
  readonly known: Set<number>;
  /** Jobs of each message that was not answered yet. */
  readonly sent: Job[][];
}

/** Messages that lie before a thread: one in work, one so that it need not wait. */
const AHEAD = 2;
const WORTH_SENDING_AHEAD = 8;
/** How long a message waits for further jobs while others are in work. */
const GATHER_MS = 1;
/** Jobs of one message: a few milliseconds of work. */
const MOST_AT_ONCE = 32;
const WEIGHT = { leaf: 6, token: 1 };
/** Less work than this is not shared between threads: a message costs as much as a token. */
const WORTH_A_MESSAGE = 16;

/** Verifies CSRs and signs in threads of its own, so that the event loop is free and all processors are used. */
export class SigningThreads {
  readonly #threads: (Thread | undefined)[];
  readonly #numbers = new WeakMap<Signer, Map<Buffer | undefined, number>>();
  #numbered = 0;
  #waiting: Job[] = [];
  #planned = false;
  #closed = false;

  /** @param size how many threads; default: one for each processor, at most eight. */
  constructor(size: number = Math.min(availableParallelism(), 8)) {
    this.#threads = new Array<Thread | undefined>(size).fill(undefined);
  }

  /** @throws IssuerError CSR_INVALID, KEY_NOT_ALLOWED; UNAVAILABLE when the thread ended, or this is closed. */
  async leaf(authority: SigningAuthority, order: LeafOrder): Promise<SignedLeaf> {
    if (authority.signer.privateKey === undefined) return signElsewhere(authority, order);
    const number = this.#numberOf(authority);
    return this.#run(authority, number, {
      weight: WEIGHT.leaf,
      pack(packer) {
        packer.number(JOB.x509);
        packer.number(number);
        packer.field(order.csrDer);
        packer.field(order.serial);
        packer.field(order.validity);
        packer.field(order.subjectAltName);
      },
      read: (answers) => ({
        certificateDer: answers.field(),
        publicKeyHash: answers.text(),
      }),
    });
  }

  /**
   * @param input ASCII.
   * @returns the signature as JWS has it, base64url.
   * @throws IssuerError UNAVAILABLE as `leaf` does.
   */
  async token(authority: SigningAuthority, input: string): Promise<string> {
    const { signer } = authority;
    if (signer.privateKey === undefined) {
      return (await signer.sign(Buffer.from(input), "jose")).toString("base64url");
    }
    const number = this.#numberOf(authority);
    return this.#run(authority, number, {
      weight: WEIGHT.token,
      pack(packer) {
        packer.number(JOB.jwt);
        packer.number(number);
        packer.text(input);
      },
      read: (answers) => answers.text(),
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const threads = this.#threads.splice(0);
    for (const job of this.#waiting.splice(0)) job.fail(ended());
    await Promise.all(threads.map((thread) => thread?.worker.terminate()));
  }

  #run<T>(
    authority: SigningAuthority,
    number: number,
    what: { readonly weight: number; pack(packer: Packer): void; read(answers: Unpacker): T },
  ): Promise<T> {
    if (this.#closed) return Promise.reject(ended());
    return new Promise((resolve, reject) => {
      const unpack = (answers: Unpacker): void => {
        if (answers.number() === OUTCOME.done) resolve(what.read(answers));
        else reject(readError(answers));
      };
      const { weight, pack } = what;
      this.#waiting.push({ authority, number, weight, pack, unpack, fail: reject });
      if (!this.#planned) this.#plan();
    });
  }

  /** When there is much to do, what comes within a millisecond goes along; else what this turn of the event loop asks. */
  #plan(): void {
    this.#planned = true;
    const send = (): void => {
      this.#planned = false;
      this.#send();
    };
    if (this.#threads.some((thread) => thread !== undefined && thread.sent.length > 0)) {
      setTimeout(send, GATHER_MS);
    } else setImmediate(send);
  }

  #send(): void {
    for (let ahead = 0; ahead < AHEAD; ahead += 1) {
      for (let index = 0; index < this.#threads.length && this.#waiting.length > 0; index += 1) {
        const thread = this.#threads[index] ?? this.#start(index);
        if (thread.sent.length > ahead) continue;
        if (ahead > 0 && this.#waiting.length < WORTH_SENDING_AHEAD) return;
        // A share for each thread, in place of all for the first; but none that is not worth a message.
        const share = Math.ceil(this.#waiting.length / (this.#threads.length - index));
        this.#sendTo(thread, this.#waiting.splice(0, this.#worth(share)));
      }
    }
  }

  /** How many of those that wait make one message: `share`, or as many as are worth one. */
  #worth(share: number): number {
    const most = Math.min(this.#waiting.length, MOST_AT_ONCE);
    let count = 0;
    let weight = 0;
    while (count < most && (count < share || weight < WORTH_A_MESSAGE)) {
      weight += this.#waiting[count]?.weight ?? 0;
      count += 1;
    }
    return count;
  }

  #sendTo(thread: Thread, jobs: Job[]): void {
    const packer = new Packer();
    for (const job of jobs) {
      if (!thread.known.has(job.number)) introduce(thread, job);
      job.pack(packer);
    }
    const bytes = packer.finish();
    thread.sent.push(jobs);
    // Somebody waits for the answer: the process must not end before it.
    thread.worker.ref();
    const message: ToThread = { kind: "packed", bytes };
    thread.worker.postMessage(message, [bytes.buffer]);
  }

  #numberOf(authority: SigningAuthority): number {
    const ofSigner = this.#numbers.get(authority.signer) ?? new Map<Buffer | undefined, number>();
    this.#numbers.set(authority.signer, ofSigner);
    const known = ofSigner.get(authority.certificateDer);
    if (known !== undefined) return known;
    this.#numbered += 1;
    ofSigner.set(authority.certificateDer, this.#numbered);
    return this.#numbered;
  }

  #start(index: number): Thread {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./signing-thread.${extension}`, import.meta.url), {
      // Much is made and soon forgotten: a larger nursery is cleared less often.
      resourceLimits: { maxYoungGenerationSizeMb: 48 },
    });
    const thread: Thread = { worker, known: new Set(), sent: [] };
    this.#threads[index] = thread;
    worker.unref();
    worker.on("message", (answer: Packed) => {
      const answers = new Unpacker(answer.bytes);
      for (const job of thread.sent.shift() ?? []) job.unpack(answers);
      if (thread.sent.length === 0) worker.unref();
      this.#send();
    });
    worker.on("error", () => worker.terminate());
    worker.once("exit", () => {
      // Another takes its place when there is work.
      if (this.#threads[index] === thread) this.#threads[index] = undefined;
      for (const job of thread.sent.flat()) job.fail(ended());
    });
    return thread;
  }
}

/** Tells a thread of an authority before its first job. */
function introduce(thread: Thread, { authority, number }: Job): void {
  const { certificateDer = null, signer } = authority;
  const { keyType, privateKey } = signer;
  if (privateKey === undefined) return;
  thread.known.add(number);
  const message: ToThread = { kind: "authority", number, privateKey, keyType, certificateDer };
  thread.worker.postMessage(message);
}

/** The key is not in this process: whoever has it signs, the rest is done here. */
async function signElsewhere(authority: SigningAuthority, order: LeafOrder): Promise<SignedLeaf> {
  const { certificateDer, signer } = authority;
  if (certificateDer === undefined) throw new IssuerError("INTERNAL", "the authority signs tokens");
  const { publicKeyDer } = readCsr(order.csrDer);
  const leaf = await signFilledLeaf({ certificateDer, signer }, { ...order, publicKeyDer });
  return { certificateDer: leaf, publicKeyHash: fingerprint(publicKeyDer) };
}

function readError(answers: Unpacker): IssuerError {
  const code = answers.text();
  const message = answers.field().toString();
  return new IssuerError(ERROR_CODES.find((each) => each === code) ?? "INTERNAL", message);
}

function ended(): IssuerError {
  return new IssuerError("UNAVAILABLE", "the thread that signs has ended", { retryAfterMs: 1000 });
}
