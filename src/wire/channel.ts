import type { ClientDuplexStream, ServerDuplexStream, ServiceError } from "@grpc/grpc-js";
import { IssuerError } from "../errors.ts";
import { errorFromStatus, errorToStatus } from "./status.ts";

/** A two-way line of messages, whatever carries it. */
export interface Channel<Out, In> {
  /** @returns false: the other side does not read as fast as this; hold back. False, too, once it is closed. */
  send(message: Out): boolean;
  /** Registers the one listener of the moment when all that was held back has been read. Absent: nothing is ever held back. */
  onDrain?(listener: () => void): void;
  /** Registers the one listener of messages, before that of the end; those that came before are handed to it now. */
  onMessage(listener: (message: In) => void): void;
  /** Registers the one listener of the end: with the error that ended it, or none. Called once. */
  onClose(listener: (error?: IssuerError) => void): void;
  /** Ends, with an error for the other side or none. What was sent before still arrives. Safe to call twice. */
  close(error?: IssuerError): void;
  /** Resolves when the line is gone and nothing is left to be sent. Absent: `close` leaves nothing behind. */
  readonly finished?: Promise<void>;
}

/** How long the other side may take to end a stream that this one has ended. */
const CLOSE_GRACE_MS = 1000;

/** Keeps what arrives until somebody listens. */
class Inbox<In> {
  #messages: In[] = [];
  #onMessage: ((message: In) => void) | undefined;
  #onClose: ((error?: IssuerError) => void) | undefined;
  #closed: { readonly error?: IssuerError } | undefined;

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  receive(message: In): void {
    if (this.#closed !== undefined) return;
    if (this.#onMessage === undefined) this.#messages.push(message);
    else this.#onMessage(message);
  }

  end(error?: IssuerError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error === undefined ? {} : { error };
    this.#onClose?.(error);
  }

  onMessage(listener: (message: In) => void): void {
    this.#onMessage = listener;
    const waiting = this.#messages;
    this.#messages = [];
    for (const message of waiting) listener(message);
  }

  onClose(listener: (error?: IssuerError) => void): void {
    this.#onClose = listener;
    if (this.#closed !== undefined) listener(this.#closed.error);
  }
}

/** Two ends of a line inside this process; messages arrive in a later microtask, in order. */
export function channelPair<A, B>(): [Channel<A, B>, Channel<B, A>] {
  const inboxes = [new Inbox<B>(), new Inbox<A>()] as const;
  const end = <Out, In>(own: Inbox<In>, other: Inbox<Out>): Channel<Out, In> => ({
    send(message) {
      if (own.closed) return false;
      queueMicrotask(() => other.receive(message));
      return true;
    },
    onMessage: (listener) => own.onMessage(listener),
    onClose: (listener) => own.onClose(listener),
    close(error) {
      if (own.closed) return;
      queueMicrotask(() => other.end(error));
      own.end();
    },
  });
  return [end(inboxes[0], inboxes[1]), end(inboxes[1], inboxes[0])];
}

/** A client's stream as a channel. */
export function clientChannel<Out, In>(call: ClientDuplexStream<Out, In>): Channel<Out, In> {
  const inbox = new Inbox<In>();
  call.on("data", (message: In) => inbox.receive(message));
  call.on("error", (error: ServiceError) => inbox.end(errorFromStatus(error)));
  call.on("end", () => inbox.end(new IssuerError("UNAVAILABLE", "the server ended the stream")));
  // The status comes last, whatever has happened.
  const finished = new Promise<void>((resolve) => call.once("status", () => resolve()));
  return {
    send: (message) => !inbox.closed && call.write(message),
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close() {
      if (inbox.closed) return;
      inbox.end();
      call.end();
      // Half-closed is not enough when the other side is gone; to cancel at once would take back what was sent.
      const timer = setTimeout(() => call.cancel(), CLOSE_GRACE_MS).unref();
      call.once("status", () => clearTimeout(timer));
    },
    finished,
  };
}

/** A server's stream as a channel. */
export function serverChannel<In, Out>(
  call: ServerDuplexStream<In, Out>,
  requestId: string,
): Channel<Out, In> {
  const inbox = new Inbox<In>();
  call.on("data", (message: In) => inbox.receive(message));
  // Of end, cancelled and error none proves anything alone; whichever comes first ends the channel.
  call.on("end", () => {
    inbox.end();
    call.end();
  });
  call.on("cancelled", () => inbox.end());
  call.on("error", () => inbox.end());
  return {
    send: (message) => !inbox.closed && call.write(message),
    onDrain: (listener) => call.on("drain", listener),
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close(error) {
      if (inbox.closed) return;
      inbox.end();
      if (error === undefined) call.end();
      else call.emit("error", errorToStatus(error, requestId));
    },
  };
}
