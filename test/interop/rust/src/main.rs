//! A process with the crates spiffe and spiffe-rustls. See docs/interop.md for what it does and prints.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use serde_json::json;
use spiffe::{BundleSource, JwtSvid, WorkloadApiClient, X509Source};
use spiffe_rustls::{TlsStatus, authorizer, mtls_client, mtls_server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";

/// Between a new SVID and its conversion the crate refuses every handshake: "source revision 2 is pending".
async fn ready(status: &TlsStatus) -> Outcome<()> {
    let mut status = status.clone();
    while !status.current().available {
        tokio::time::timeout(Duration::from_secs(5), status.changed()).await??;
    }
    Ok(())
}

async fn answer(acceptor: TlsAcceptor, socket: TcpStream) -> Outcome<()> {
    let mut connection = acceptor.accept(socket).await?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if connection.read_buf(&mut request).await? == 0 {
            return Err("the request ended early".into());
        }
    }
    connection.write_all(ANSWER).await?;
    connection.shutdown().await?;
    Ok(())
}

/// Opens a connection; once more when the crate's own conversion came between.
async fn connect(
    connector: &TlsConnector,
    status: &TlsStatus,
    address: &str,
) -> Outcome<TlsStream<TcpStream>> {
    let name = ServerName::try_from("example.org")?;
    for attempt in 0.. {
        ready(status).await?;
        let socket = TcpStream::connect(address).await?;
        match connector.connect(name.clone(), socket).await {
            Err(error) if attempt < 3 && error.to_string().contains("is pending") => {}
            outcome => return Ok(outcome?),
        }
    }
    unreachable!()
}

async fn call(connector: &TlsConnector, status: &TlsStatus, address: &str) -> Outcome<()> {
    let mut connection = connect(connector, status, address).await?;
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    connection.read_to_end(&mut response).await?;
    if !response.starts_with(b"HTTP/1.1 200 ") {
        return Err(format!("an answer of {}", String::from_utf8_lossy(&response)).into());
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, url, peer] = arguments.as_slice() else {
        return Err("usage: workload URL SPIFFE-ID".into());
    };
    let address = url
        .trim_start_matches("https://")
        .trim_end_matches('/')
        .to_string();

    let client = WorkloadApiClient::connect_env().await?;
    let source = X509Source::new().await?;
    let svid = source.svid()?;
    let own = svid.spiffe_id();
    let trust_domain = own.trust_domain();
    source
        .bundle_for_trust_domain(trust_domain)?
        .ok_or("no X.509 bundle")?;
    let token = client.fetch_jwt_token(["erp"], None).await?;
    let fetched = client.fetch_jwt_svid(["erp"], None).await?;
    let valid = client.validate_jwt_token("erp", &token).await?;
    let bundles = client.fetch_jwt_bundles().await?;
    let bundle = bundles.get(trust_domain).ok_or("no JWT bundle")?;
    JwtSvid::parse_and_validate(&token, &bundles, &["erp"])?;

    let (server, serving) = mtls_server(source.clone())
        .authorize(authorizer::exact([peer.as_str()])?)
        .build_with_status()?;
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!(
        "{}",
        json!({
            "spiffeId": own.to_string(),
            "jwtSubject": fetched.spiffe_id().to_string(),
            "jwtValidated": valid.spiffe_id().to_string(),
            "bundle": bundle.trust_domain().to_string(),
            "address": listener.local_addr()?.to_string(),
        })
    );
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            let serving = serving.clone();
            tokio::spawn(async move {
                let outcome = match ready(&serving).await {
                    Ok(()) => answer(acceptor, socket).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = outcome {
                    eprintln!("serving: {error}");
                }
            });
        }
    });

    let ended = tokio::spawn(async { tokio::io::stdin().read_to_end(&mut Vec::new()).await });
    let (client_config, calling) = mtls_client(source.clone())
        .authorize(authorizer::exact([peer.as_str()])?)
        .build_with_status()?;
    let connector = TlsConnector::from(Arc::new(client_config));
    let (mut requests, mut failed) = (0, 0);
    let mut leaves = HashSet::new();
    while !ended.is_finished() {
        leaves.insert(source.svid()?.leaf().as_bytes().to_vec());
        requests += 1;
        if let Err(error) = call(&connector, &calling, &address).await {
            failed += 1;
            eprintln!("calling: {error}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!(
        "{}",
        json!({ "requests": requests, "failed": failed, "serials": leaves.len() })
    );
    source.shutdown().await;
    Ok(())
}
