package io.metawal.storage.s3;

import io.metawal.metadata.fault.UsageException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the service and what to ask of it. Null where the SDK's own chain of environment, profile and instance decides.
 *
 * @param keys as given in AWS_ACCESS_KEY_ID and its like
 * @param partBytes what is larger goes up in parts of this size, and comes down in ranges of it; 5 MiB or more
 * @param parallel parts or ranges of one object in flight
 */
public record S3Config(
        @Nullable URI endpoint,
        @Nullable String region,
        boolean pathStyle,
        @Nullable String profile,
        @Nullable S3Keys keys,
        @Nullable String storageClass,
        @Nullable String encryption,
        @Nullable String kmsKey,
        Checksums checksums,
        double requestsPerSecondMax,
        int partBytes,
        int parallel,
        S3Retries retries) {
    private static final String PREFIX = "METAWAL_S3_";
    private static final int PART_BYTES = 8 * 1024 * 1024;
    private static final int PART_BYTES_MIN = 5 * 1024 * 1024;

    /** What the service can check: REQUIRED is Content-MD5 alone, for those that refuse the newer ones. */
    public enum Checksums {
        SUPPORTED,
        REQUIRED
    }

    /** The variables METAWAL_S3_*; docs/s3.md lists them. The SDK itself reads AWS_*. */
    public static S3Config of(Map<String, String> environment) {
        String endpoint = value(environment, "ENDPOINT");
        return new S3Config(
                endpoint == null ? null : uri(endpoint),
                value(environment, "REGION"),
                chosen(environment, "PATH_STYLE", List.of("true", "false"), endpoint == null ? "false" : "true")
                        .equals("true"),
                value(environment, "PROFILE"),
                S3Keys.of(environment),
                value(environment, "STORAGE_CLASS"),
                value(environment, "SSE") == null ? null : chosen(environment, "SSE", List.of("AES256", "aws:kms"), ""),
                value(environment, "KMS_KEY"),
                Checksums.valueOf(chosen(environment, "CHECKSUMS", List.of("supported", "required"), "supported")
                        .toUpperCase(Locale.ROOT)),
                number(environment, "MAX_REQUESTS_PER_SECOND"),
                part(environment),
                4,
                S3Retries.of(seconds(environment)));
    }

    private static int part(Map<String, String> environment) {
        double given = number(environment, "PART_BYTES");
        if (given == 0) {
            return PART_BYTES;
        }
        if (given < PART_BYTES_MIN || given > Integer.MAX_VALUE) {
            throw refused("PART_BYTES", String.valueOf((long) given), "5242880 or more");
        }
        return (int) given;
    }

    private static Duration seconds(Map<String, String> environment) {
        double given = number(environment, "TIMEOUT_SECONDS");
        return given == 0 ? S3Retries.TOTAL : Duration.ofMillis((long) (1000 * given));
    }

    private static double number(Map<String, String> environment, String name) {
        String text = value(environment, name);
        try {
            double number = text == null ? 0 : Double.parseDouble(text);
            if (number >= 0 && number < 1e12) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refused(name, String.valueOf(text), "a number");
        }
        throw refused(name, String.valueOf(text), "a number of 0 or more");
    }

    private static String chosen(Map<String, String> environment, String name, List<String> allowed, String absent) {
        String text = value(environment, name);
        if (text != null && !allowed.contains(text)) {
            throw refused(name, text, String.join(" or ", allowed));
        }
        return text == null ? absent : text;
    }

    private static URI uri(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw refused("ENDPOINT", text, "http://HOST:PORT or https://HOST:PORT");
        }
        throw refused("ENDPOINT", text, "http://HOST:PORT or https://HOST:PORT");
    }

    private static UsageException refused(String name, String found, String expected) {
        return new UsageException(PREFIX + name + "=" + found + ": expected " + expected);
    }

    private static @Nullable String value(Map<String, String> environment, String name) {
        String text = environment.get(PREFIX + name);
        return text == null || text.isBlank() ? null : text.trim();
    }
}
