package io.metawal.storage.s3;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Static credentials. They print as nothing that is worth stealing. */
public record S3Keys(
        String accessKey, String secretKey, @Nullable String sessionToken) {
    /** Null where the environment has none: then the SDK looks further. */
    static @Nullable S3Keys of(Map<String, String> environment) {
        String access = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        String secret = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        return access.isBlank() || secret.isBlank()
                ? null
                : new S3Keys(access.trim(), secret.trim(), environment.get("AWS_SESSION_TOKEN"));
    }

    @Override
    public String toString() {
        return "access key " + accessKey;
    }
}
