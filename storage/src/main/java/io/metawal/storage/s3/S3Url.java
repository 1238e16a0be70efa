package io.metawal.storage.s3;

import io.metawal.metadata.fault.UsageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code s3://bucket/prefix}: a bucket, and the part of it that is the store.
 *
 * @param prefix empty, or ends with a slash
 */
record S3Url(String bucket, String prefix) {
    private static final Pattern FORM = Pattern.compile("s3://([a-z0-9][a-z0-9._-]{1,62})(?:/(.*))?");
    private static final Pattern PREFIX =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

    static S3Url parse(String url) {
        Matcher m = FORM.matcher(url);
        if (!m.matches()) {
            throw new UsageException("\"" + url + "\" names no bucket: expected s3://bucket or s3://bucket/prefix");
        }
        String prefix = m.group(2) == null ? "" : m.group(2).replaceFirst("/+$", "");
        if (!prefix.isEmpty() && !PREFIX.matcher(prefix).matches()) {
            throw new UsageException("\"" + url + "\" has a prefix that cannot be one: expected parts of [A-Za-z0-9._-]"
                    + " joined by '/', none starting with '.'");
        }
        return new S3Url(m.group(1), prefix.isEmpty() ? "" : prefix + "/");
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}
