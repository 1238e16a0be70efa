package io.metawal.connectors.databend.targets;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.image.Entry;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which records belong to one tenant, or are what those depend on. A key's second segment is the tenant, but for the roots below, where it is
 * an id: those stay whose id a kept record names. Generators stay, whoever uses them.
 */
final class TenantFilter {
    /** Of each root whose second segment is an id: what kind of thing it is the id of. */
    private static final Map<String, Thing> BY_ID = new HashMap<>();

    /** Of each root whose records name things: which, and how its value tells. */
    private static final Map<String, Thing> NAMES = new HashMap<>();

    /** What has an id. */
    private enum Thing {
        DATABASE("database_by_id database_id_to_name table table_id_list", "database db_id_list"),
        TABLE(
                "table_by_id table_id_to_name table_lvt table_copied_files table_tag marked_deleted_index"
                        + " marked_deleted_table_index materialized_view_definition materialized_view_by_source"
                        + " materialized_view_source_binding_version",
                "table table_id_list"),
        INDEX("index_by_id index_id_to_name", "index"),
        CATALOG("catalog_by_id catalog_id_to_name", "catalog"),
        DICTIONARY("dictionary_by_id", "dictionaries"),
        DATAMASK("datamask_by_id", "datamask"),
        ROW_POLICY("row_access_policy_by_id", "row_access_policy"),
        PROCEDURE("procedure_by_id procedure_id_to_name", "procedure"),
        TAG("tag_by_id tag_id_to_name", "tag"),
        BACKGROUND_JOB("background_job_by_id background_job_id_to_name", "background_job"),
        SHARE("share_id share_id_to_name", "share");

        Thing(String byId, String named) {
            for (String root : byId.split(" ")) {
                BY_ID.put("__fd_" + root, this);
            }
            for (String root : named.split(" ")) {
                NAMES.put("__fd_" + root, this);
            }
        }
    }

    private final String name;
    private final String tenant;
    private boolean any;
    private final Map<Thing, Set<String>> ids = new HashMap<>();
    private final TreeMap<String, Long> leftOut = new TreeMap<>();

    TenantFilter(String tenant) {
        this.name = tenant;
        this.tenant = escape(tenant);
        for (Thing thing : Thing.values()) {
            ids.put(thing, new HashSet<>());
        }
    }

    /** As key segments are escaped: every byte but letters, digits and {@code _}. */
    static String escape(String name) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : name.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            boolean plain = b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '_';
            escaped.append(plain ? "" + (char) b : String.format("%%%02x", b));
        }
        return escaped.toString();
    }

    /** Looks for the ids that the tenant's records name; tables after databases, since they are found through those. */
    void learn(KeySpool spool) {
        for (Thing thing : Thing.values()) {
            NAMES.forEach((root, named) -> {
                if (named == thing) {
                    spool.read(Space.of("catalog." + root), entry -> learn(thing, entry));
                }
            });
        }
    }

    private void learn(Thing thing, Entry entry) {
        if (keeps(entry.entryKey().key())) {
            Set<String> into = ids.getOrDefault(thing, Set.of());
            String text = entry.value().toStringUtf8();
            if (text.matches("\\d{1,20}")) {
                into.add(text);
            } else {
                packed(entry.value(), into);
            }
        }
    }

    /** The ids of a {@code DbIdList} or {@code TableIdList}: its field 1. */
    private static void packed(ByteString message, Set<String> into) {
        try {
            CodedInputStream in = message.newCodedInput();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    CodedInputStream list = in.readBytes().newCodedInput();
                    while (!list.isAtEnd()) {
                        into.add(Long.toUnsignedString(list.readUInt64()));
                    }
                } else if (tag == (1 << 3 | WireFormat.WIRETYPE_VARINT)) {
                    into.add(Long.toUnsignedString(in.readUInt64()));
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            // Not a list of ids, or one that nobody can read: it names nothing.
            return;
        }
    }

    boolean keeps(ByteString key) {
        String[] segments = key.toStringUtf8().split("/", 4);
        if (segments[0].equals("__fd_id_gen")) {
            return true;
        }
        if (segments.length < 2) {
            return false;
        }
        Thing thing = BY_ID.get(segments[0]);
        if (thing != null) {
            return ids.getOrDefault(thing, Set.of()).contains(segments[1]);
        }
        // Warehouses have a version before the tenant.
        String at = segments[0].equals("__fd_warehouses") && segments.length > 2 ? segments[2] : segments[1];
        boolean own = at.equals(tenant);
        any |= own;
        return own;
    }

    /** {@code PointNotFoundException} where no record that was asked about is the tenant's own. */
    void checkAny() {
        if (!any) {
            throw new PointNotFoundException("no record is of the tenant \"" + name
                    + "\" at this point: nothing was written; give another --tenant, or another point");
        }
    }

    /** Counts a record that is not kept. */
    void leaveOut(ByteString key) {
        String text = key.toStringUtf8();
        int slash = text.indexOf('/');
        leftOut.merge(slash < 0 ? text : text.substring(0, slash), 1L, Long::sum);
    }

    /** What was left out, by root: {@code __fd_table 3, …}. */
    String leftOut() {
        StringBuilder said = new StringBuilder();
        leftOut.forEach((root, count) -> said.append(said.length() == 0 ? "" : ", ")
                .append(root)
                .append(' ')
                .append(count));
        return said.toString();
    }
}
