package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;

/** How an export writes what follows from something else, so that it can be written again to the letter. */
public final class ExportForm {
    /** The tree of the state machine's lines, where it is not {@link #TREE_USUAL}. */
    public static final EntryKey TREE = new EntryKey(DatabendSpaces.EXPORT, ByteString.copyFromUtf8("tree"));

    /** The {@link Expire} form, by name, where it is not {@link Expire#ONE}. */
    public static final EntryKey EXPIRE = new EntryKey(DatabendSpaces.EXPORT, ByteString.copyFromUtf8("expire"));

    public static final String TREE_USUAL = "state_machine/0";

    /** What an Expire line has as {@code value.seq}. */
    public enum Expire {
        /** There are no such lines at all. */
        NO_LINES,
        ABSENT,
        ONE,
        /** The record's own. */
        SAME
    }

    private ExportForm() {}

    public static Entry entry(EntryKey key, String value) {
        return new Entry(key, ByteString.copyFromUtf8(value), ByteString.EMPTY);
    }
}
