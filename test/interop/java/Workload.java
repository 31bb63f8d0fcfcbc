// A process with java-spiffe: its source for the server, its JSSE provider for the client. See docs/interop.md for what it does and prints.

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.spiffe.bundle.jwtbundle.JwtBundle;
import io.spiffe.provider.SpiffeProvider;
import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.provider.SpiffeSslContextFactory.SslContextOptions;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.svid.jwtsvid.JwtSvid;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.DefaultX509Source;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

public class Workload {
  public static void main(String[] args) throws Exception {
    URL url = new URL(args[0]);
    SpiffeId peer = SpiffeId.parse(args[1]);
    System.setProperty("http.keepAlive", "false");

    var client = DefaultWorkloadApiClient.newClient();
    var source = DefaultX509Source.newSource();
    SpiffeId own = source.getX509Svid().getSpiffeId();
    JwtSvid jwt = client.fetchJwtSvid("erp");
    JwtSvid valid = client.validateJwtSvid(jwt.getToken(), "erp");
    client.fetchX509Bundles().getBundleForTrustDomain(own.getTrustDomain());
    JwtBundle bundle = client.fetchJwtBundles().getBundleForTrustDomain(own.getTrustDomain());
    JwtSvid.parseAndValidate(jwt.getToken(), bundle, Set.of("erp"));

    HttpsServer server = serve(
        SpiffeSslContextFactory.getSslContext(
            SslContextOptions.builder()
                .x509Source(source)
                .acceptedSpiffeIdsSupplier(() -> Set.of(peer))
                .build()));
    System.out.printf(
        "{\"spiffeId\":\"%s\",\"jwtSubject\":\"%s\",\"jwtValidated\":\"%s\",\"bundle\":\"%s\",\"address\":\"127.0.0.1:%d\"}%n",
        own, jwt.getSpiffeId(), valid.getSpiffeId(), bundle.getTrustDomain(), server.getAddress().getPort());

    AtomicBoolean ended = new AtomicBoolean();
    Thread reader = new Thread(() -> {
      try {
        System.in.readAllBytes();
      } catch (IOException error) {
        System.err.println("input: " + error);
      }
      ended.set(true);
    });
    reader.setDaemon(true);
    reader.start();

    SSLContext context = providedContext(peer);
    int requests = 0;
    int failed = 0;
    Set<BigInteger> serials = new HashSet<>();
    while (!ended.get()) {
      serials.add(source.getX509Svid().getLeaf().getSerialNumber());
      requests++;
      try {
        call(url, context);
      } catch (IOException error) {
        failed++;
        System.err.println("calling: " + error);
      }
      Thread.sleep(20);
    }
    System.out.printf("{\"requests\":%d,\"failed\":%d,\"serials\":%d}%n", requests, failed, serials.size());
    System.exit(0);
  }

  /** A context by names only, as a program gets it that is told of the provider in its security properties. */
  private static SSLContext providedContext(SpiffeId peer) throws Exception {
    SpiffeProvider.install();
    System.setProperty("ssl.spiffe.accept", peer.toString());
    KeyManagerFactory keys = KeyManagerFactory.getInstance("Spiffe");
    keys.init(null, null);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("Spiffe");
    trust.init((java.security.KeyStore) null);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static HttpsServer serve(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 128);
    server.setHttpsConfigurator(new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters own = context.getDefaultSSLParameters();
        own.setNeedClientAuth(true);
        parameters.setSSLParameters(own);
      }
    });
    server.createContext("/", exchange -> {
      byte[] answer = "hello\n".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Connection", "close");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    return server;
  }

  private static void call(URL url, SSLContext context) throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) url.openConnection();
    connection.setSSLSocketFactory(context.getSocketFactory());
    // The trust manager has checked the peer's SPIFFE ID; there is no host name in an SVID.
    connection.setHostnameVerifier((host, session) -> true);
    if (connection.getResponseCode() != 200) throw new IOException("status " + connection.getResponseCode());
    connection.getInputStream().readAllBytes();
    connection.disconnect();
  }
}
