package io.metawal.storage.s3;

import io.metawal.metadata.fault.UsageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code s3://bucket/prefix}.
 *
 * @param prefix empty, or ending in a slash
 */
public record S3Location(String bucket, String prefix) {
    private static final Pattern FORM =
            Pattern.compile("s3://([a-zA-Z0-9][a-zA-Z0-9._-]{1,62})(/(([A-Za-z0-9._=-]+/?)*))?");

    public static S3Location parse(String url) {
        Matcher m = FORM.matcher(url);
        if (!m.matches()) {
            throw new UsageException("\"" + url + "\" is not a place on S3: expected s3://BUCKET/PREFIX, the prefix of"
                    + " [A-Za-z0-9._=-] and slashes");
        }
        String prefix = m.group(3) == null ? "" : m.group(3);
        return new S3Location(m.group(1), prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/");
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix.replaceFirst("/$", "");
    }
}
