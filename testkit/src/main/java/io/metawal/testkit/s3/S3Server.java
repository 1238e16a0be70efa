package io.metawal.testkit.s3;

import io.metawal.testkit.net.SharedServers;
import io.metawal.testkit.servers.ServerCatalog;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;

/**
 * A real S3 service on a free loopback port of this process, which checks version 4 signatures. It can be stopped, and started
 * again on its port with what it holds.
 *
 * <p>{@link #shared} takes the service that the environment names, if it names one, else one of this JVM: its bucket
 * {@code metawal-test} must be there, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY be set. A test keeps to a prefix of its own.
 */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "metawal-test";
    static final String ACCESS_KEY = "metawal-test-key";
    static final String SECRET_KEY = "metawal-test-secret";

    private static final SharedServers<S3Server> SHARED = new SharedServers<>();

    private final @Nullable BlobStore data;
    private volatile boolean kept;
    private @Nullable S3Proxy server;
    private URI endpoint;

    private S3Server(@Nullable BlobStore data, URI endpoint) {
        this.data = data;
        this.endpoint = endpoint;
    }

    /** The service of {@code METAWAL_TEST_S3}, else one that lives as long as this JVM. Closing it does nothing. */
    public static S3Server shared() {
        var unused = ServerCatalog.S3PROXY.useShared();
        return SHARED.get(
                List.of(),
                () -> ServerCatalog.S3PROXY
                        .running()
                        .map(given -> new S3Server(null, URI.create(given)))
                        .orElseGet(S3Server::startKept));
    }

    private static S3Server startKept() {
        S3Server server = start();
        server.kept = true;
        return server;
    }

    /** Starts an empty service with one bucket. */
    public static S3Server start() {
        var unused = ServerCatalog.S3PROXY.use();
        BlobStore data = new TransientNio2BlobStore();
        data.createContainer(BUCKET);
        S3Server made = new S3Server(data, URI.create("http://127.0.0.1:0"));
        made.restart();
        return made;
    }

    /** Starts the stopped service again, on the same port, with what it held. */
    public void restart() {
        if (data == null || kept) {
            throw notOurs();
        }
        S3Proxy started = S3Proxy.builder()
                .blobStore(data)
                .endpoint(endpoint)
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .build();
        try {
            started.start();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 service does not start at " + endpoint, e);
        }
        server = started;
        endpoint = URI.create("http://127.0.0.1:" + started.getPort());
    }

    public void stop() {
        if (data == null || kept) {
            throw notOurs();
        }
        S3Proxy running = server;
        server = null;
        if (running != null) {
            try {
                running.stop();
            } catch (Exception e) {
                throw new IllegalStateException("the S3 service does not stop", e);
            }
        }
    }

    private static IllegalStateException notOurs() {
        return new IllegalStateException("a shared S3 service is not this test's to stop");
    }

    public URI endpoint() {
        return endpoint;
    }

    /** What a process needs to reach it: METAWAL_S3_* for metawal, AWS_* for the SDK. */
    public Map<String, String> environment() {
        return environment(endpoint);
    }

    /** As {@link #environment()}, by another way to it, such as a proxy. */
    public Map<String, String> environment(URI by) {
        return data == null
                ? environment(by, given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY"))
                : environment(by, ACCESS_KEY, SECRET_KEY);
    }

    static Map<String, String> environment(URI by, String accessKey, String secretKey) {
        return Map.of(
                "METAWAL_S3_ENDPOINT", by.toString(),
                "AWS_ACCESS_KEY_ID", accessKey,
                "AWS_SECRET_ACCESS_KEY", secretKey);
    }

    private static String given(String variable) {
        String value = System.getenv(variable);
        return value == null ? "" : value;
    }

    /** A place that no other test uses. */
    public String freshUrl() {
        return "s3://" + BUCKET + "/" + UUID.randomUUID();
    }

    @Override
    public void close() {
        if (data != null && !kept) {
            stop();
        }
    }
}
