package io.metawal.connectors.databend.targets;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.PackedValue;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.image.Entry;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which records belong to one tenant, or are what those depend on, as Databend's own {@code filter-tenant} has it ({@code
 * src/meta/process/src/filter_tenant.rs}). A key's second segment is the tenant, but for the roots below, where it is an id: those stay whose
 * id a kept record names. What all tenants share stays. Of roots that are not known nobody can tell: what does not name the tenant is
 * left out, and is said.
 */
final class TenantFilter {
    /** Of each root whose second segment is an id: what kind of thing it is the id of. */
    private static final Map<String, Thing> BY_ID = new HashMap<>();

    /** Of each root whose records name things: which, and how its value tells. */
    private static final Map<String, Thing> NAMES = new HashMap<>();

    /** What has an id. */
    private enum Thing {
        DATABASE(
                "database_by_id database_id_to_name table table_id_list dictionaries_by_database",
                "database db_id_list"),
        TABLE(
                "table_by_id table_id_to_name table_lvt table_copied_files table_copied_file_lock table_tag"
                        + " marked_deleted_index marked_deleted_table_index",
                "table table_id_list"),
        INDEX("index_by_id index_id_to_name", "index"),
        CATALOG("catalog_by_id catalog_id_to_name", "catalog"),
        DICTIONARY("dictionary_by_id", "dictionaries"),
        DATAMASK("datamask_by_id", "datamask"),
        PROCEDURE("procedure_by_id procedure_id_to_name", "procedure"),
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

    private static final Set<String> SHARED = Set.of("__fd_id_gen", "__fd_explain_perf", "__fd_table_lock_v2_seq");
    private static final String INDEX_BY_ID = "__fd_index_by_id";
    private static final String MARKED_DELETED_INDEX = "__fd_marked_deleted_index";
    private static final int BYTES_MAX = 1 << 24;

    private final String name;
    private final String tenant;
    private boolean any;
    private final Map<Thing, Set<String>> ids = new HashMap<>();
    private final TreeMap<String, Long> leftOut = new TreeMap<>();
    private final TreeMap<String, Long> unknown = new TreeMap<>();

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
        spool.read(Space.of("catalog." + INDEX_BY_ID), this::learnIndex);
        spool.read(Space.of("catalog." + MARKED_DELETED_INDEX), entry -> {
            String[] segments = entry.entryKey().key().toStringUtf8().split("/", 4);
            if (segments.length == 3 && has(Thing.TABLE, segments[1])) {
                of(Thing.INDEX).add(segments[2]);
            }
        });
    }

    /** An index is its table's, field 1, also where no name leads to it. */
    private void learnIndex(Entry entry) {
        String[] segments = entry.entryKey().key().toStringUtf8().split("/", 3);
        Set<String> table = new HashSet<>();
        packed(entry.value(), table);
        if (segments.length == 2 && table.stream().anyMatch(id -> has(Thing.TABLE, id))) {
            of(Thing.INDEX).add(segments[1]);
        }
    }

    private Set<String> of(Thing thing) {
        return ids.computeIfAbsent(thing, none -> new HashSet<>());
    }

    private boolean has(Thing thing, String id) {
        return of(thing).contains(id);
    }

    private void learn(Thing thing, Entry entry) {
        if (keeps(entry.entryKey().key())) {
            Set<String> into = of(thing);
            String text = entry.value().toStringUtf8();
            if (text.matches("\\d{1,20}")) {
                into.add(text);
            } else {
                packed(entry.value(), into);
            }
        }
    }

    /** The ids of a {@code DbIdList} or {@code TableIdList}, or the table of an {@code IndexMeta}: field 1. */
    private static void packed(ByteString message, Set<String> into) {
        try {
            CodedInputStream in = PackedValue.plain(message, BYTES_MAX).newCodedInput();
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
        if (SHARED.contains(segments[0])) {
            return true;
        }
        if (segments.length < 2) {
            return false;
        }
        Thing thing = BY_ID.get(segments[0]);
        if (thing != null) {
            return has(thing, segments[1]);
        }
        if (segments[0].equals("__fd_share_by")) {
            return segments.length > 2 && segments[1].equals("db") && has(Thing.DATABASE, segments[2]);
        }
        boolean own = tenantOf(segments).equals(tenant);
        any |= own;
        return own;
    }

    private static String tenantOf(String[] segments) {
        if (segments[1].startsWith("history_log_")) {
            return segments[0];
        }
        // Warehouses have a version before the tenant.
        return segments[0].equals("__fd_warehouses") && segments.length > 2 ? segments[2] : segments[1];
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
        String root = slash < 0 ? text : text.substring(0, slash);
        boolean known = DatabendSpaces.knowsRoot(root) || slash > 0 && text.startsWith("history_log_", slash + 1);
        (known ? leftOut : unknown).merge(root, 1L, Long::sum);
    }

    /** What was left out that is of others, by root: {@code __fd_table 3, …}; empty where nothing was. */
    String leftOut() {
        return text(leftOut);
    }

    /** What was left out of which it is not known whose it is; empty where nothing was. */
    String unknown() {
        return text(unknown);
    }

    long count() {
        return leftOut.values().stream().mapToLong(Long::longValue).sum();
    }

    long unknownCount() {
        return unknown.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String text(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }
}
