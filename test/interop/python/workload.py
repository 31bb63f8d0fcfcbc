"""A process with the Python libraries spiffe and spiffe-tls. See docs/interop.md for what it does and prints."""

import json
import sys
import threading
import time
from urllib.parse import urlsplit

from spiffe import JwtSvid, SpiffeId, WorkloadApiClient, X509Source
from spiffetls import ListenOptions, context as contexts, dial, listen
from spiffetls.mode import ClientTlsMode, ServerTlsMode
from spiffetls.tlsconfig.authorize import authorize_id

# spiffe-tls 0.4.0 puts a new certificate and its key into the listener's context one after the other: a handshake between the two
# finds a certificate without a key and fails. Whoever serves with it must keep handshakes out of that.
swap = threading.Lock()
load_certificate_chain = contexts._load_certificate_chain


def load_undisturbed(*args: object) -> None:
    with swap:
        load_certificate_chain(*args)


contexts._load_certificate_chain = load_undisturbed

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


def read_until(connection, ending: bytes) -> bytes:
    data = b""
    while not data.endswith(ending):
        data += connection.recv(4096)
    return data


def end(connection) -> None:
    connection.shutdown()
    connection.close()


def answer(connection) -> None:
    try:
        with swap:
            connection.do_handshake()
        read_until(connection, b"\r\n\r\n")
        connection.sendall(ANSWER)
        end(connection)
    except Exception as error:
        print("serving:", repr(error), file=sys.stderr)


def serve(listener) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


def call(address: str, source: X509Source, peer: SpiffeId) -> None:
    connection = dial(address, source, ClientTlsMode.TLS, authorize_id(peer))
    connection.sendall(f"GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
    data = connection.recv(4096)
    while b"hello\n" not in data:
        data += connection.recv(4096)
    if not data.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"an answer of {data!r}")
    end(connection)


def main() -> None:
    address, peer = urlsplit(sys.argv[1]).netloc, SpiffeId(sys.argv[2])
    client, source = WorkloadApiClient(), X509Source()
    own = source.get_x509_context().default_svid.spiffe_id
    jwt = client.fetch_jwt_svid({"erp"})
    valid = client.validate_jwt_svid(jwt.token, "erp")
    x509_bundle = client.fetch_x509_bundles().get_bundle_for_trust_domain(own.trust_domain)
    jwt_bundle = client.fetch_jwt_bundles().get_bundle_for_trust_domain(own.trust_domain)
    if x509_bundle is None or jwt_bundle is None:
        raise RuntimeError(f"no bundle of {own.trust_domain}")
    JwtSvid.parse_and_validate(jwt.token, jwt_bundle, {"erp"})

    listener = listen(
        "127.0.0.1:0",
        source,
        ListenOptions(tls_mode=ServerTlsMode.MTLS, authorize_fn=authorize_id(peer), backlog=128),
    )
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    say(
        spiffeId=str(own),
        jwtSubject=str(jwt.spiffe_id),
        jwtValidated=str(valid.spiffe_id),
        bundle=str(jwt_bundle.trust_domain),
        address="127.0.0.1:%d" % listener.getsockname()[1],
    )

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    requests = failed = 0
    serials = set()
    while not ended.is_set():
        serials.add(source.get_x509_context().default_svid.leaf.serial_number)
        requests += 1
        try:
            call(address, source, peer)
        except Exception as error:
            failed += 1
            print("calling:", repr(error), file=sys.stderr)
        time.sleep(0.02)
    say(requests=requests, failed=failed, serials=len(serials))
    source.close()
    client.close()


main()
