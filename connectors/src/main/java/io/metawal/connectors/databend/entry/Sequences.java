package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The values that one name of a sequence had in history: of each sequence that was created under it, the furthest. In memory alone, while
 * history is read; several of them are one value that begins with bytes that no message begins with.
 */
final class Sequences {
    private static final ByteString SEVERAL = ByteString.copyFromUtf8("\u0000sequences");

    private Sequences() {}

    private static List<ByteString> values(ByteString value) {
        if (!value.startsWith(SEVERAL)) {
            return List.of(value);
        }
        List<ByteString> values = new ArrayList<>();
        try {
            CodedInputStream in = value.substring(SEVERAL.size()).newCodedInput();
            while (!in.isAtEnd()) {
                values.add(in.readBytes());
            }
        } catch (IOException e) {
            throw new IllegalStateException("made here", e);
        }
        return values;
    }

    private static ByteString value(List<ByteString> values) {
        if (values.size() == 1) {
            return values.get(0);
        }
        ByteString.Output out = ByteString.newOutput();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        try {
            for (ByteString each : values) {
                coded.writeByteArrayNoTag(each.toByteArray());
            }
            coded.flush();
        } catch (IOException e) {
            throw new IllegalStateException("into memory", e);
        }
        return SEVERAL.concat(out.toByteString());
    }

    /** All of both; what is no sequence that counts itself is left out. */
    static ByteString known(ByteString earlier, ByteString later) {
        List<ByteString> all = new ArrayList<>();
        List<ByteString> given = new ArrayList<>(values(earlier));
        given.addAll(values(later));
        for (ByteString each : given) {
            SequenceValue sequence = SequenceValue.of(each).orElse(null);
            if (sequence != null) {
                int at = indexOf(all, sequence);
                if (at < 0) {
                    all.add(each);
                } else {
                    all.set(at, further(all.get(at), sequence));
                }
            }
        }
        return all.isEmpty() ? earlier : value(all);
    }

    /** A point's value, as far as the same sequence has come in what is known. */
    static ByteString forward(ByteString point, ByteString known) {
        SequenceValue sequence = SequenceValue.of(point).orElse(null);
        if (sequence == null) {
            return point;
        }
        List<ByteString> values = values(known);
        int at = indexOf(values, sequence);
        return at < 0
                ? point
                : SequenceValue.of(values.get(at)).map(sequence::further).orElse(point);
    }

    private static ByteString further(ByteString first, SequenceValue other) {
        return SequenceValue.of(first).map(here -> here.further(other)).orElse(first);
    }

    /** Where the same sequence is; -1 for nowhere. */
    private static int indexOf(List<ByteString> values, SequenceValue sequence) {
        for (int n = 0; n < values.size(); n++) {
            if (SequenceValue.of(values.get(n)).filter(sequence::same).isPresent()) {
                return n;
            }
        }
        return -1;
    }
}
