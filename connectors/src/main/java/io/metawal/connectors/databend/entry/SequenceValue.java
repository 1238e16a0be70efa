package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import java.util.Optional;

/**
 * A sequence of SQL's, {@code SequenceMeta}: 1 when it was created, 5 the step, 6 the next number, 7 the storage version. Version 0, what {@code CREATE
 * SEQUENCE} makes, counts in field 6; version 1 in a record of its own. The server adds the step to the number as to 64 bits without sign, so
 * that one that counts down goes on from 0 with the greatest number.
 */
final class SequenceValue {
    private static final int CREATED = 1;
    private static final int STEP = 5;
    private static final int NEXT = 6;
    private static final int STORAGE_VERSION = 7;
    private static final int BYTES_MAX = 1 << 20;

    private final ByteString value;
    private final MessageFields fields;

    private SequenceValue(ByteString value, MessageFields fields) {
        this.value = value;
        this.fields = fields;
    }

    /** Empty where it is none that counts itself. */
    static Optional<SequenceValue> of(ByteString value) {
        return MessageFields.of(PackedValue.plain(value, BYTES_MAX))
                .filter(fields -> fields.number(STORAGE_VERSION) == 0)
                .map(fields -> new SequenceValue(value, fields));
    }

    /** Of the sequences that had one name, each is known by when it was created. */
    boolean same(SequenceValue other) {
        return fields.text(CREATED).equals(other.fields.text(CREATED)) && step() == other.step();
    }

    private long step() {
        return fields.number(STEP);
    }

    private long next() {
        return fields.number(NEXT);
    }

    /** This one's value, with the number of the further of two that are the same. */
    ByteString further(SequenceValue other) {
        long here = next();
        long there = other.next();
        boolean behind = step() < 0 ? there < here : Long.compareUnsigned(there, here) > 0;
        return behind ? at(there) : value;
    }

    ByteString plus(long steps) {
        return at(next() + steps * step());
    }

    private ByteString at(long number) {
        return PackedValue.as(value, fields.with(NEXT, number));
    }
}
