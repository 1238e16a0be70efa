package io.metawal.testkit.s3;

import io.metawal.storage.s3.S3Location;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.storage.s3.S3Settings;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;

/**
 * An S3 server on a free loopback port, reached over HTTP, which checks signatures: S3Proxy with its store in memory. It can be
 * stopped and started again on the same port with what it holds. Where {@code METAWAL_TEST_S3} names a server ({@code
 * http://HOST:PORT}, with the usual AWS variables and a bucket {@code metawal-test}), that one is taken, and cannot be stopped.
 *
 * <p>Lax where S3 is not: its {@code If-Match} on writes lets several win, and keys {@code a} and {@code a/1} cannot both exist.
 */
public final class S3Server implements AutoCloseable {
    /** Names an S3 server for tests. */
    public static final String ENDPOINT_VARIABLE = "METAWAL_TEST_S3";

    public static final String BUCKET = "metawal-test";
    private static final String KEY = "test-key";
    private static final String SECRET = "test-secret";

    private final Map<String, String> credentials;
    private final @Nullable BlobStore objects;
    private @Nullable S3Proxy proxy;
    private URI endpoint;

    private S3Server(URI endpoint, Map<String, String> credentials, @Nullable BlobStore objects) {
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.objects = objects;
    }

    public static S3Server start() {
        String given = System.getenv(ENDPOINT_VARIABLE);
        if (given != null && !given.isBlank()) {
            return new S3Server(URI.create(given), Map.of(), null);
        }
        BlobStore objects = new TransientNio2BlobStore();
        objects.createContainer(BUCKET);
        S3Server server = new S3Server(
                URI.create("http://127.0.0.1:0"),
                Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET),
                objects);
        server.restart();
        return server;
    }

    /** Nobody is answered any more; what is stored stays. */
    public void stop() {
        S3Proxy running = proxy;
        proxy = null;
        try {
            if (running != null) {
                running.stop();
            }
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server does not stop", e);
        }
    }

    /** Answers again, on the same port. */
    public void restart() {
        BlobStore own = objects;
        if (own == null) {
            throw new IllegalStateException("the server of " + ENDPOINT_VARIABLE + " is not this test's to start");
        }
        S3Proxy started = S3Proxy.builder()
                .blobStore(own)
                .endpoint(endpoint)
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .build();
        try {
            started.start();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server does not start", e);
        }
        endpoint = URI.create("http://127.0.0.1:" + started.getPort());
        proxy = started;
    }

    public URI endpoint() {
        return endpoint;
    }

    /** What a process of metawal needs in its environment to reach this server, or a proxy at another endpoint before it. */
    public Map<String, String> environment(URI at) {
        Map<String, String> environment = new HashMap<>(credentials);
        environment.put("METAWAL_S3_ENDPOINT", at.toString());
        environment.put("METAWAL_S3_REGION", "us-east-1");
        return environment;
    }

    public Map<String, String> environment() {
        return environment(endpoint);
    }

    /** A store under a prefix, as the product opens it, with the credentials of this JVM's system properties. */
    public S3ObjectStore store(String prefix) {
        return store(prefix, environment());
    }

    /** As above, with other settings. */
    public S3ObjectStore store(String prefix, Map<String, String> settings) {
        credentials.forEach((name, value) -> System.setProperty(property(name), value));
        return S3ObjectStore.open(S3Location.parse("s3://" + BUCKET + "/" + prefix), S3Settings.of(settings));
    }

    /** The SDK's own name of a variable as a system property. */
    private static String property(String variable) {
        return variable.equals("AWS_ACCESS_KEY_ID") ? "aws.accessKeyId" : "aws.secretAccessKey";
    }

    @Override
    public void close() {
        stop();
        BlobStore own = objects;
        if (own != null) {
            own.close();
        }
    }
}
