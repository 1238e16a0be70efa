package io.metawal.connectors.databend.log;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object's members, asked for by type; what is not of it is a {@link FieldException} that names the member. */
public final class Fields {
    private final JsonTree.Node node;
    private final String path;

    public Fields(JsonTree.Node node, String path) {
        this.node = node;
        this.path = path;
    }

    public static Fields of(@Nullable Object value, String path) throws FieldException {
        if (value instanceof JsonTree.Node node) {
            return new Fields(node, path);
        }
        throw new FieldException(path, "an object", JsonTree.describe(value));
    }

    public JsonTree.Node node() {
        return node;
    }

    public String path() {
        return path;
    }

    private String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    public @Nullable Object raw(String name) {
        return node.members().get(name);
    }

    /** Whether the member is there and not null. */
    public boolean has(String name) {
        return raw(name) != null;
    }

    /** The one member of an object that stands for a variant. */
    public Map.Entry<String, @Nullable Object> variant() throws FieldException {
        if (node.members().size() != 1) {
            throw new FieldException(
                    path, "an object of one member, the variant", node.members().size() + " members");
        }
        return node.members().entrySet().iterator().next();
    }

    public Fields object(String name) throws FieldException {
        return of(raw(name), path(name));
    }

    public String text(String name) throws FieldException {
        if (raw(name) instanceof String text) {
            return text;
        }
        throw wrong(name, "a string");
    }

    public ByteString key(String name) throws FieldException {
        return ByteString.copyFromUtf8(text(name));
    }

    public boolean flag(String name) throws FieldException {
        Object value = raw(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw wrong(name, "true or false");
    }

    /** A number from 0 to 2^63-1: what counts and can still be counted on. */
    public long count(String name) throws FieldException {
        if (raw(name) instanceof Long number && number >= 0) {
            return number;
        }
        throw wrong(name, "a whole number from 0 to 2^63-1");
    }

    /** A number of 64 bits without sign, as the bits of a long; null where it is absent or null. */
    public @Nullable Long unsigned(String name) throws FieldException {
        Object value = raw(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Long number && number >= 0) {
            return number;
        }
        if (value instanceof BigInteger big && big.signum() > 0 && big.bitLength() <= 64) {
            return big.longValue();
        }
        throw wrong(name, "a whole number from 0 to 2^64-1, or null");
    }

    public long signed(String name) throws FieldException {
        if (raw(name) instanceof Long number) {
            return number;
        }
        throw wrong(name, "a whole number of 64 bits");
    }

    public ByteString bytes(String name) throws FieldException {
        return bytes(raw(name), path(name));
    }

    public static ByteString bytes(@Nullable Object value, String path) throws FieldException {
        if (value instanceof ByteString bytes) {
            return bytes;
        }
        if (value instanceof List<?> list && list.isEmpty()) {
            return ByteString.EMPTY;
        }
        throw new FieldException(path, "an array of numbers from 0 to 255", JsonTree.describe(value));
    }

    /** The elements, each an object; none where the member is absent or null. */
    public List<Fields> objects(String name) throws FieldException {
        Object value = raw(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(name, "an array of objects");
        }
        List<Fields> fields = new ArrayList<>(list.size());
        for (int n = 0; n < list.size(); n++) {
            fields.add(of(list.get(n), path(name) + "[" + n + "]"));
        }
        return fields;
    }

    private FieldException wrong(String name, String expected) {
        boolean there = node.members().containsKey(name);
        return new FieldException(path(name), expected, there ? JsonTree.describe(raw(name)) : "nothing");
    }
}
