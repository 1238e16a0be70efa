package io.metawal.storage.object;

import io.metawal.metadata.fault.UsageException;
import java.util.regex.Pattern;

/**
 * An object's name inside a repository: parts of {@code [A-Za-z0-9._-]} joined by slashes, no part empty or starting with
 * a dot; so it is safe as a path, as an S3 key, and in a list.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

    public ObjectKey {
        if (!FORM.matcher(value).matches()) {
            throw new UsageException(
                    "\"" + value + "\" is not an object key: expected parts of [A-Za-z0-9._-] joined by"
                            + " '/', none starting with '.'");
        }
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
