package io.metawal.storage.s3;

import io.metawal.metadata.fault.UsageException;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a store on S3 is reached; what is not said here is found as every AWS tool finds it (environment, profile, web identity,
 * instance). Read from {@code METAWAL_S3_*}; see {@code docs/s3.md}.
 *
 * @param endpoint of a store other than AWS
 * @param pathStyle whether the bucket stands in the path and not in the host name
 * @param encryption {@code AES256} or {@code aws:kms}
 * @param kmsKey with {@code aws:kms}
 * @param checksumsAlways whether the SDK adds checksums of its own, which some older stores refuse
 * @param requestsPerSecondMax 0 for no bound
 * @param attemptTimeout for one try of one request
 * @param attempts tries of one request, with growing, random pauses between
 */
public record S3Settings(
        @Nullable URI endpoint,
        @Nullable String region,
        boolean pathStyle,
        @Nullable String profile,
        @Nullable String storageClass,
        @Nullable String encryption,
        @Nullable String kmsKey,
        boolean checksumsAlways,
        int requestsPerSecondMax,
        Duration attemptTimeout,
        int attempts) {
    private static final String START = "METAWAL_S3_";

    public static S3Settings of(Map<String, String> environment) {
        Map<String, String> env = environment;
        String endpoint = env.get(START + "ENDPOINT");
        return new S3Settings(
                endpoint == null ? null : uri(endpoint),
                env.get(START + "REGION"),
                flag(env, "PATH_STYLE", endpoint != null),
                env.get(START + "PROFILE"),
                env.get(START + "STORAGE_CLASS"),
                env.get(START + "SSE"),
                env.get(START + "KMS_KEY"),
                flag(env, "CHECKSUMS", true),
                number(env, "REQUESTS_PER_SECOND", 0),
                duration(env, "ATTEMPT_TIMEOUT", Duration.ofSeconds(30)),
                number(env, "ATTEMPTS", 5));
    }

    private static URI uri(String endpoint) {
        try {
            URI uri = URI.create(endpoint);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw wrong("ENDPOINT", endpoint, "http://HOST:PORT or https://HOST:PORT", e);
        }
        throw wrong("ENDPOINT", endpoint, "http://HOST:PORT or https://HOST:PORT", null);
    }

    private static boolean flag(Map<String, String> env, String name, boolean otherwise) {
        String value = env.get(START + name);
        if (value == null) {
            return otherwise;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(name, value, "true or false", null);
        }
        return value.equals("true");
    }

    private static int number(Map<String, String> env, String name, int otherwise) {
        String value = env.get(START + name);
        try {
            return value == null ? otherwise : Integer.parseUnsignedInt(value);
        } catch (NumberFormatException e) {
            throw wrong(name, value, "a number", e);
        }
    }

    private static Duration duration(Map<String, String> env, String name, Duration otherwise) {
        String value = env.get(START + name);
        try {
            return value == null ? otherwise : Duration.parse(value);
        } catch (DateTimeParseException e) {
            throw wrong(name, value, "a duration such as PT30S", e);
        }
    }

    private static UsageException wrong(
            String name, @Nullable String value, String expected, @Nullable Throwable cause) {
        return new UsageException(START + name + " is \"" + value + "\": expected " + expected, cause);
    }
}
