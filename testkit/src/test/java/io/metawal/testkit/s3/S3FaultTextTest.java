package io.metawal.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.s3.S3ObjectStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator reads who gave something wrong: one line that names it and says what to do. */
@Tag("server")
class S3FaultTextTest {
    private static final ObjectKey KEY = new ObjectKey("repository.json");
    private static S3Server server;

    @BeforeAll
    static void start() {
        server = S3Server.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, String> with(String variable, String value) {
        Map<String, String> environment = new HashMap<>(server.environment());
        environment.put(variable, value);
        return environment;
    }

    /** For what is tried again until the time is over: an answer that comes at once does not depend on it. */
    private static Map<String, String> impatientWith(String variable, String value) {
        Map<String, String> environment = with(variable, value);
        environment.put("METAWAL_S3_TIMEOUT_SECONDS", "0.3");
        return environment;
    }

    private static void everyCallSays(String url, Map<String, String> environment, ExitCode code, String... words) {
        List<Consumer<ObjectStore>> calls = List.of(
                store -> store.read(KEY),
                store -> store.stat(KEY),
                store -> store.list("", "", 1),
                store -> store.create(KEY, ObjectBody.of(new byte[1])),
                store -> store.replace(KEY, new byte[1]));
        try (ObjectStore store = S3ObjectStore.open(url, environment)) {
            for (Consumer<ObjectStore> call : calls) {
                MetawalException e = Assertions.catchThrowableOfType(MetawalException.class, () -> call.accept(store));
                assertThat(e).isNotNull();
                assertThat(e.code()).as(e.text()).isEqualTo(code);
                assertThat(e.text()).contains(words).hasLineCount(1);
            }
        }
    }

    @Test
    void aWrongKey() {
        everyCallSays(server.freshUrl(), with("AWS_ACCESS_KEY_ID", "nobody"), ExitCode.ACCESS_DENIED, "credentials");
    }

    @Test
    void aWrongSecret() {
        everyCallSays(
                server.freshUrl(), with("AWS_SECRET_ACCESS_KEY", "guessed"), ExitCode.ACCESS_DENIED, "credentials");
    }

    @Test
    void aBucketThatIsNotThere() {
        everyCallSays(
                "s3://no-such-bucket/meta",
                server.environment(),
                ExitCode.UNREACHABLE,
                "no bucket no-such-bucket",
                "create it");
    }

    @Test
    void nobodyListens() {
        everyCallSays(
                server.freshUrl(),
                impatientWith("METAWAL_S3_ENDPOINT", "http://127.0.0.1:1"),
                ExitCode.UNREACHABLE,
                "refused the connection",
                "127.0.0.1:1",
                "METAWAL_S3_ENDPOINT");
    }

    @Test
    void anUnknownHost() {
        everyCallSays(
                server.freshUrl(),
                impatientWith("METAWAL_S3_ENDPOINT", "http://no-such-host.invalid:9000"),
                ExitCode.UNREACHABLE,
                "no-such-host.invalid",
                "METAWAL_S3_ENDPOINT");
    }

    @Test
    void wordsThatAreNoOptions() {
        Map.of(
                        "METAWAL_S3_ENDPOINT", "localhost:9000",
                        "METAWAL_S3_SSE", "yes",
                        "METAWAL_S3_CHECKSUMS", "no",
                        "METAWAL_S3_PATH_STYLE", "1",
                        "METAWAL_S3_MAX_REQUESTS_PER_SECOND", "-3",
                        "METAWAL_S3_PART_BYTES", "100")
                .forEach((variable, value) -> Assertions.assertThatThrownBy(
                                () -> S3ObjectStore.open("s3://bucket", with(variable, value)))
                        .isInstanceOf(UsageException.class)
                        .hasMessageContaining(variable + "=" + value)
                        .hasMessageContaining("expected"));
        for (String url : List.of("s3://", "s3:bucket", "s3://UPPER", "s3://bucket/../x", "s3://bucket/a//b")) {
            Assertions.assertThatThrownBy(() -> S3ObjectStore.open(url, Map.of()))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("expected");
        }
    }

    @Test
    void withChecksumsAsRequiredOnly() {
        try (ObjectStore store = S3ObjectStore.open(server.freshUrl(), with("METAWAL_S3_CHECKSUMS", "required"))) {
            byte[] large = new byte[9 * 1024 * 1024];
            store.create(KEY, ObjectBody.of(large));
            assertThat(store.read(KEY)).isEqualTo(large);
            store.replace(KEY, new byte[3]);
            assertThat(store.read(KEY)).hasSize(3);
        }
    }
}
