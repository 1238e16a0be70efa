package io.metawal.connectors.databend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells a replay that went wrong from what is only written otherwise; both are taken over from the export. */
final class Discrepancies implements StateDiff.Differences {
    private static final int SHOWN_MAX = 10;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** What no log entry tells of. */
    private static final Set<Space> NOT_REPLAYED =
            Set.of(DatabendSpaces.EXPORT, DatabendSpaces.EXPIRE, DatabendSpaces.META, DatabendSpaces.UNKNOWN_LINE);

    private final @Nullable BaseCommits pieces;
    private final List<String> shown = new ArrayList<>();
    private long count;
    private boolean any;
    private long lacking;
    private @Nullable ByteString firstLacking;

    /** @param pieces where the differences go; null where they are only counted */
    Discrepancies(@Nullable BaseCommits pieces) {
        this.pieces = pieces;
    }

    long count() {
        return count;
    }

    /** The first that was found, without what it holds; empty where none was. */
    String first() {
        return shown.isEmpty() ? "" : shown.get(0);
    }

    /** Whether there is any difference at all, also of what is only written otherwise. */
    boolean any() {
        return any;
    }

    /** Whether nothing but records that are to last and come behind a key, null for any, should not be there. */
    boolean onlyLackingBehind(@Nullable ByteString key) {
        return firstLacking != null
                && lacking == count
                && (key == null
                        || ByteString.unsignedLexicographicalComparator().compare(firstLacking, key) > 0);
    }

    /** Such as {@code 2 entries: catalog.__fd_table __fd_table/1/t (missing), …}. */
    String say() {
        return count
                + (count == 1 ? " entry: " : " entries: ")
                + String.join(", ", shown)
                + (count > shown.size() ? ", …" : "");
    }

    @Override
    public void put(Entry wanted, @Nullable Entry present) throws InterruptedException {
        any = true;
        if (present == null || !means(wanted, present)) {
            found(wanted, present == null ? "missing" : "another value");
        }
        if (pieces != null) {
            pieces.add(Change.put(wanted.entryKey(), wanted.value(), wanted.meta()));
        }
    }

    @Override
    public void delete(Entry present) throws InterruptedException {
        any = true;
        found(present, "should not be there");
        ByteString key = present.entryKey().key();
        if (DatabendSpaces.holdsRecords(present.entryKey().space())
                && !KvRecord.of(present).meta().expires()
                && CategoryRules.DEFAULT.categoryOf(present.entryKey()) != Category.EPHEMERAL) {
            lacking++;
            boolean less = firstLacking == null
                    || ByteString.unsignedLexicographicalComparator().compare(key, firstLacking) < 0;
            firstLacking = less ? key : firstLacking;
        }
        if (pieces != null) {
            pieces.add(Change.delete(present.entryKey()));
        }
    }

    private void found(Entry entry, String how) {
        boolean unused = entry.entryKey().space().equals(DatabendSpaces.SEQUENCES)
                && entry.value().toStringUtf8().equals("0");
        if (unused || NOT_REPLAYED.contains(entry.entryKey().space())) {
            return;
        }
        count++;
        if (shown.size() < SHOWN_MAX) {
            shown.add(entry.entryKey().space() + " " + entry.entryKey().key().toStringUtf8() + " (" + how + ")");
        }
    }

    private static boolean means(Entry wanted, Entry present) {
        if (DatabendSpaces.holdsRecords(wanted.entryKey().space())) {
            return KvRecord.of(wanted).means(KvRecord.of(present));
        }
        try {
            return plain(JSON.readTree(wanted.value().toStringUtf8()))
                    .equals(plain(JSON.readTree(present.value().toStringUtf8())));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Without what is null: versions write it or leave it out. */
    private static JsonNode plain(JsonNode node) {
        node.forEach(Discrepancies::plain);
        if (node instanceof com.fasterxml.jackson.databind.node.ObjectNode object) {
            object.properties().removeIf(member -> member.getValue().isNull());
        }
        return node;
    }
}
