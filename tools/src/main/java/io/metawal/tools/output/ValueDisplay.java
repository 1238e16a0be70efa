package io.metawal.tools.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.ndjson.JsonBytes;
import io.metawal.connectors.view.ValueView;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.image.Entry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values on the screen: in words where a service's own view has them, and without secrets unless they are asked for. */
public final class ValueDisplay {
    /** As they are. */
    public static final ValueDisplay RAW = new ValueDisplay(null, Secrets.SHOWN);

    private static final String MASK = "***";

    private final @Nullable ValueView view;
    private final Secrets secrets;

    /** What becomes of values that may hold a secret. */
    public enum Secrets {
        MASKED,
        SHOWN
    }

    /** @param view null where nothing is known of the values */
    public ValueDisplay(@Nullable ValueView view, Secrets secrets) {
        this.view = view;
        this.secrets = secrets;
    }

    /** What people call the thing, to stand behind its key; empty where there is no other name. */
    public String name(Entry entry) {
        ValueView known = known(entry);
        return known == null
                ? ""
                : known.name(entry).map(name -> " (" + name + ")").orElse("");
    }

    /** Whether people call it so. */
    public boolean isCalled(Entry entry, String name) {
        ValueView known = known(entry);
        return known != null && known.name(entry).filter(name::equals).isPresent();
    }

    /** What stands beside the value, JSON; empty where nothing does. A copy of what is masked is left out. */
    public String meta(Entry entry) {
        JsonNode meta = Meta.parse(entry.meta());
        if (meta == null) {
            return "";
        }
        ValueView known = known(entry);
        if (known != null && masked(known, entry) && meta instanceof ObjectNode object) {
            object.remove("line");
        }
        return meta.toString();
    }

    /** One line or more. */
    public String text(Entry entry) {
        ValueView known = known(entry);
        if (known == null) {
            return JsonBytes.show(entry.value());
        }
        Optional<JsonNode> decoded = known.decoded(entry);
        if (masked(known, entry)) {
            return decoded.map(JsonNode::toString).orElse(MASK) + " ("
                    + entry.value().size() + " bytes are masked: --unmask shows them)";
        }
        String raw = JsonBytes.show(entry.value());
        return decoded.filter(any -> raw.startsWith("base64:"))
                .map(words -> words + " = " + raw)
                .orElse(raw);
    }

    /** Puts the value under {@code field}, and what it means under {@code decoded}. */
    public void put(ObjectNode object, String field, Entry entry) {
        ValueView known = known(entry);
        if (known != null && masked(known, entry)) {
            object.put("masked", true);
        } else {
            JsonBytes.put(object, field, entry.value());
        }
        if (known != null) {
            known.decoded(entry).ifPresent(words -> object.set(decodedField(field), words));
        }
    }

    private static String decodedField(String field) {
        return field.equals("put") || field.equals("value") ? "decoded" : field + "Decoded";
    }

    private @Nullable ValueView known(Entry entry) {
        ValueView any = view;
        return any != null && any.knows(entry.entryKey()) ? any : null;
    }

    private boolean masked(ValueView known, Entry entry) {
        return secrets == Secrets.MASKED && !entry.value().equals(ByteString.EMPTY) && known.sensitive(entry);
    }
}
