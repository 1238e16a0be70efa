package io.metawal.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A made-up export of a Databend meta service, data version V004: a log whose middle the state is at, then the state. */
final class DatabendExportFile {
    private static final int VALUE_BYTES = 48;
    private static final long START_MS = 1_700_000_000_000L;

    private final Bytes bytes = new Bytes(11);
    private final int keys;
    private final int entries;
    private long lines;

    /** @param entries of the log; the second half of them is behind the state */
    DatabendExportFile(int keys, int entries) {
        this.keys = keys;
        this.entries = entries;
    }

    /** Lines that were written. */
    long lines() {
        return lines;
    }

    void write(Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            line(out, "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]");
            line(out, "[\"raft_log\",{\"Committed\":" + logId(1000L + entries) + "}]");
            for (int n = 1; n <= entries; n++) {
                line(
                        out,
                        "[\"raft_log\",{\"LogEntry\":{\"log_id\":" + logId(1000L + n)
                                + ",\"payload\":{\"Normal\":{\"time_ms\":" + (START_MS + n) + ",\"cmd\":" + command(n)
                                + "}}}}]");
            }
            line(out, state("Sequences", "\"generic-kv\"", "" + keys));
            line(out, state("StateMachineMeta", "\"LastApplied\"", "{\"LogId\":" + logId(1000L + entries / 2) + "}"));
            for (int n = 0; n < keys; n++) {
                line(
                        out,
                        state(
                                "GenericKV",
                                "\"" + key(n) + "\"",
                                "{\"seq\":" + (n + 1) + ",\"meta\":{\"proposed_at_ms\":" + START_MS + "},\"data\":"
                                        + value() + "}"));
            }
        }
    }

    private void line(OutputStream out, String line) throws IOException {
        out.write(line.getBytes(StandardCharsets.US_ASCII));
        out.write('\n');
        lines++;
    }

    private static String logId(long index) {
        return "{\"leader_id\":{\"term\":3,\"node_id\":1},\"index\":" + index + "}";
    }

    private static String state(String variant, String key, String value) {
        return "[\"state_machine/0\",{\"" + variant + "\":{\"key\":" + key + ",\"value\":" + value + "}}]";
    }

    private static String key(int number) {
        return String.format("__fd_table_copied_files/%06d/part-%08d.parquet", number / 100, number);
    }

    /** Three upserts, then a transaction of two puts under a condition. */
    private String command(int number) {
        String key = "\"" + key(bytes.below(keys)) + "\"";
        if (number % 4 != 0) {
            return "{\"UpsertKV\":{\"key\":" + key + ",\"seq\":\"Any\",\"value\":{\"Update\":" + value()
                    + "},\"value_meta\":null}}";
        }
        return "{\"Transaction\":{\"condition\":[{\"key\":" + key
                + ",\"expected\":2,\"target\":{\"Seq\":1}}],\"if_then\":[" + put(key) + ","
                + put("\"" + key(bytes.below(keys)) + "\"") + "],\"else_then\":[]}}";
    }

    private String put(String key) {
        return "{\"request\":{\"Put\":{\"key\":" + key + ",\"value\":" + value() + "}}}";
    }

    private String value() {
        StringBuilder array = new StringBuilder("[");
        for (byte b : bytes.value(VALUE_BYTES)) {
            array.append(array.length() == 1 ? "" : ",").append(b & 0xff);
        }
        return array.append(']').toString();
    }
}
