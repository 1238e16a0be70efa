package io.metawal.metadata.commit;

import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.UsageException;
import java.util.regex.Pattern;

/** A named set of keys, such as {@code catalog.table}: lower-case words joined by dots, 1 to 64 characters. */
public record Space(String name) implements Comparable<Space> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9_-]*(\\.[a-z0-9_-]+)*");
    private static final int LENGTH_MAX = 64;

    public Space {
        if (name.length() > LENGTH_MAX || !FORM.matcher(name).matches()) {
            throw new UsageException("space \"" + name + "\" is not a space name: expected lower-case words of"
                    + " [a-z0-9_-] joined by dots, at most " + LENGTH_MAX + " characters, such as catalog.table");
        }
    }

    /** As the constructor, for names that are met again and again. */
    public static Space of(String name) {
        return SpaceNames.intern(name);
    }

    /** The name's bytes; ASCII by construction. */
    public ByteString bytes() {
        return ByteString.copyFromUtf8(name);
    }

    @Override
    public int compareTo(Space other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
