package io.metawal.testkit.s3;

import io.metawal.testkit.net.FreePorts;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerDirectory;
import io.metawal.testkit.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A real SeaweedFS with its S3 gateway: a process of this machine on free loopback ports and a folder of its own, which any number
 * of processes may use. It can be stopped, killed with -9, and started again on the same ports and data.
 */
public final class SeaweedServer implements AutoCloseable {
    private static final int STARTS_MAX = 3;
    private static final int TRIES_MAX = 600;
    private static final long TRY_MILLIS = 50;
    private static final String IDENTITIES = """
            {"identities": [{"name": "metawal", "actions": ["Admin", "Read", "List", "Tagging", "Write"],
              "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}
            """;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final ServerDirectory directory;
    private final ServerProcess server;
    private final URI endpoint;
    private final URI filer;

    private SeaweedServer(ServerDirectory directory, ServerProcess server, URI endpoint, URI filer) {
        this.directory = directory;
        this.server = server;
        this.endpoint = endpoint;
        this.filer = filer;
    }

    /** Starts an empty service with one bucket. */
    public static SeaweedServer start() {
        Path program = ServerCatalog.SEAWEEDFS.use().programOrFail();
        // A port that was free a moment ago may be taken by now: then another one.
        for (int attempt = 1; ; attempt++) {
            SeaweedServer seaweed = create(program);
            try {
                seaweed.restart();
                seaweed.createBucket();
                return seaweed;
            } catch (IllegalStateException e) {
                seaweed.close();
                if (attempt == STARTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static SeaweedServer create(Path program) {
        ServerDirectory directory = ServerDirectory.create("metawal-seaweedfs-");
        try {
            Files.createDirectories(directory.data());
            Path identities = Files.writeString(
                    directory.path().resolve("s3.json"),
                    IDENTITIES.formatted(S3Server.ACCESS_KEY, S3Server.SECRET_KEY));
            int[] ports = FreePorts.find(8);
            List<String> command = List.of(
                    program.toString(),
                    "server",
                    "-filer",
                    "-s3",
                    "-ip=127.0.0.1",
                    "-ip.bind=127.0.0.1",
                    "-dir=" + directory.data(),
                    "-master.telemetry=false",
                    "-master.port=" + ports[0],
                    "-master.port.grpc=" + ports[1],
                    "-master.volumeSizeLimitMB=256",
                    "-volume.port=" + ports[2],
                    "-volume.port.grpc=" + ports[3],
                    "-volume.max=0",
                    "-volume.preStopSeconds=0",
                    "-filer.port=" + ports[4],
                    "-filer.port.grpc=" + ports[5],
                    "-filer.localSocket=" + directory.path().resolve("filer.sock"),
                    "-s3.port=" + ports[6],
                    "-s3.port.grpc=" + ports[7],
                    "-s3.port.iceberg=0",
                    "-s3.port.lance=0",
                    "-s3.localSocket=" + directory.path().resolve("s3.sock"),
                    "-s3.config=" + identities);
            ServerProcess server = ServerProcess.logging(command, directory.log());
            return new SeaweedServer(directory, server, loopback(ports[6]), loopback(ports[4]));
        } catch (IOException e) {
            directory.delete();
            throw new UncheckedIOException(e);
        }
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    public URI endpoint() {
        return endpoint;
    }

    /** What a process needs to reach it: METAWAL_S3_* for metawal, AWS_* for the SDK. */
    public Map<String, String> environment() {
        return S3Server.environment(endpoint, S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
    }

    /** A place that no other test uses. */
    public String freshUrl() {
        return "s3://" + S3Server.BUCKET + "/" + UUID.randomUUID();
    }

    /** Ends the service with kill -9. */
    public void kill() {
        server.kill();
    }

    /** Ends the service with SIGTERM. */
    public void stop() {
        server.stop("TERM");
    }

    /** Starts the ended service again, on the same ports and data, and returns once it answers. */
    public void restart() {
        var unused = server.begin();
        HttpRequest health = HttpRequest.newBuilder(endpoint.resolve("/healthz"))
                .timeout(Duration.ofSeconds(2))
                .build();
        await(health, 200);
    }

    /** A bucket is a folder of the filer. */
    private void createBucket() {
        HttpRequest bucket = HttpRequest.newBuilder(filer.resolve("/buckets/" + S3Server.BUCKET + "/"))
                .timeout(Duration.ofSeconds(5))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        await(bucket, 201);
    }

    private void await(HttpRequest request, int status) {
        try {
            for (int i = 0; i < TRIES_MAX; i++) {
                // Another server may have had the port first: then this one will end.
                if (answers(request, status) && server.listens(request.uri().getPort())) {
                    return;
                }
                server.failIfEnded(TRY_MILLIS);
            }
            throw new IllegalStateException("SeaweedFS does not answer: " + server.tail());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for SeaweedFS", e);
        }
    }

    private static boolean answers(HttpRequest request, int status) throws InterruptedException {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == status;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        kill();
        directory.delete();
    }
}
