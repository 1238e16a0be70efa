package io.metawal.connectors.databend.export;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.RecordMeta;
import io.metawal.connectors.databend.entry.StateLines;
import io.metawal.connectors.databend.log.CommandReader;
import io.metawal.connectors.databend.log.FieldException;
import io.metawal.connectors.databend.log.Fields;
import io.metawal.connectors.databend.log.JsonTree;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each line says, shown to a visitor. */
final class LineInterpreter {
    private static final String STATE = "state_machine/";

    private final String file;
    private final ExportVisitor visitor;
    private final KvLine usual = new KvLine();
    private @Nullable String tree;
    private byte[] usualStart = new byte[0];
    private StateLines lines = new StateLines("");

    LineInterpreter(String file, ExportVisitor visitor) {
        this.file = file;
        this.visitor = visitor;
    }

    /** Whether it was a record in the usual form, and not the first line. */
    boolean usualRecord(LineReader line) throws FieldException, InterruptedException {
        if (usualStart.length == 0 || !line.startsWith(usualStart)) {
            return false;
        }
        int start = line.start();
        KvRecord record = usual.read(line.buffer(), start + usualStart.length, start + line.length());
        if (record == null || !usual.key().isValidUtf8()) {
            return false;
        }
        visitor.kv(usual.key(), record);
        return true;
    }

    void read(LineReader line, List<?> parts) throws FieldException, InterruptedException {
        String name = String.valueOf(parts.get(0));
        Fields object = Fields.of(parts.get(1), name);
        Fields body = new Fields(object.node(), "");
        boolean first = line.number() == 1;
        if (first && !name.equals("header")) {
            visitor.version(ExportVersion.V0, "");
        }
        if (name.equals("header")) {
            header(line, body);
        } else if (name.startsWith(STATE)) {
            checkTree(name);
            state(line, body);
        } else {
            raft(line, name, body);
        }
    }

    private void header(LineReader line, Fields body) throws FieldException {
        if (line.number() != 1) {
            throw new FieldException("DataHeader", "the header in line 1 only", "one in line " + line.number());
        }
        Fields header = body.object("DataHeader");
        if (!header.text("key").equals("header")) {
            throw new FieldException("DataHeader.key", "\"header\"", "\"" + header.text("key") + "\"");
        }
        visitor.version(
                ExportVersion.of(file, line.number(), header.object("value").text("version")), text(line));
    }

    private void checkTree(String name) throws FieldException {
        if (tree == null) {
            tree = name;
            lines = new StateLines(name);
            usualStart = ("[\"" + name + "\",{\"GenericKV\":").getBytes(StandardCharsets.UTF_8);
            visitor.tree(name);
        } else if (!tree.equals(name)) {
            throw new FieldException("", "lines of one state machine, " + tree, "one of " + name + " too");
        }
    }

    private void raft(LineReader line, String name, Fields body) throws FieldException, InterruptedException {
        CommandReader reader = new CommandReader(line.buffer(), line.start());
        String variant = body.variant().getKey();
        if (variant.equals("LogEntry") || variant.equals("Logs")) {
            boolean old = variant.equals("Logs");
            Fields entry = old ? body.object(variant).object("value") : body.object(variant);
            LogEntry read = reader.entry(entry);
            if (old && body.object(variant).count("key") != read.index()) {
                throw new FieldException(
                        "Logs.key",
                        "the entry's index, " + read.index(),
                        "" + body.object(variant).raw("key"));
            }
            visitor.log(read);
        } else if (variant.equals("Committed") || variant.equals("Purged")) {
            tell(
                    line,
                    variant.equals("Committed"),
                    body.has(variant) ? CommandReader.logId(body.object(variant)) : null);
        } else if (!wrapped(line, variant, body)) {
            visitor.raft(name, variant, text(line));
        }
    }

    /** Until V003: {@code RaftStateKV} and {@code LogMeta}. */
    private boolean wrapped(LineReader line, String variant, Fields body) throws FieldException {
        if (!variant.equals("RaftStateKV") && !variant.equals("LogMeta")) {
            return false;
        }
        Fields pair = body.object(variant);
        String key = pair.text("key");
        if (key.equals("Committed")) {
            Fields value = pair.object("value");
            tell(line, true, value.has("Committed") ? CommandReader.logId(value.object("Committed")) : null);
            return true;
        }
        if (key.equals("LastPurged")) {
            Fields value = pair.object("value");
            tell(line, false, value.has("LogId") ? CommandReader.logId(value.object("LogId")) : null);
            return true;
        }
        return false;
    }

    private void tell(LineReader line, boolean committed, @Nullable LogId at) throws FieldException {
        if (committed) {
            visitor.committed(at, text(line));
        } else {
            visitor.purged(at, text(line));
        }
    }

    private void state(LineReader line, Fields body) throws FieldException, InterruptedException {
        Map.Entry<String, @Nullable Object> variant = body.variant();
        String name = variant.getKey();
        CommandReader reader = new CommandReader(line.buffer(), line.start());
        switch (name) {
            case "GenericKV" -> record(line, body.object(name));
            case "Expire" -> {
                Fields key = body.object(name).object("key");
                Fields value = body.object(name).object("value");
                Long time = key.unsigned("time_ms");
                if (time == null) {
                    throw new FieldException("Expire.key.time_ms", "ms since 1970", "nothing");
                }
                visitor.expire(
                        time,
                        key.count("seq"),
                        value.key("key"),
                        new ExportVisitor.Expire(value.unsigned("seq"), text(line)));
            }
            case "Sequences" ->
                visitor.sequences(
                        body.object(name).text("key"), body.object(name).count("value"));
            case "StateMachineMeta" -> {
                Fields value = body.object(name).object("value");
                LogId id = value.has("LogId") ? CommandReader.logId(value.object("LogId")) : null;
                visitor.meta(body.object(name).text("key"), reader.text(value.node()), id);
            }
            case "Nodes" -> {
                Long id = body.object(name).unsigned("key");
                if (id == null) {
                    throw new FieldException("Nodes.key", "a node's number", "nothing");
                }
                visitor.node(
                        Long.toUnsignedString(id),
                        reader.text(body.object(name).object("value").node()));
            }
            default -> visitor.other(name, text(line));
        }
    }

    private void record(LineReader line, Fields body) throws FieldException, InterruptedException {
        ByteString key = body.key("key");
        Fields value = body.object("value");
        long seq = value.count("seq");
        if (seq == 0) {
            throw new FieldException("GenericKV.value.seq", "a number from 1", "0");
        }
        boolean plain = !value.has("meta");
        RecordMeta meta = plain ? RecordMeta.NULL : meta(value.object("meta"), line);
        KvRecord record = new KvRecord(seq, meta, value.bytes("data"));
        byte[] again = lines.kv(key, record);
        boolean same = Arrays.equals(again, 0, again.length, line.buffer(), line.start(), line.start() + line.length());
        boolean kept = same && RecordMeta.parse(meta.text()).isPresent();
        visitor.kv(key, kept ? record : new KvRecord(seq, meta, record.data(), text(line)));
    }

    private static RecordMeta meta(Fields meta, LineReader line) throws FieldException {
        Long expireAt = meta.unsigned("expire_at");
        meta.unsigned("proposed_at_ms");
        JsonTree.Node node = meta.node();
        String text = new String(
                line.buffer(), line.start() + node.start(), node.end() - node.start(), StandardCharsets.UTF_8);
        return new RecordMeta(text, expireAt != null, expireAt == null ? -1 : RecordMeta.expireMs(expireAt));
    }

    private static String text(LineReader line) {
        return new String(line.buffer(), line.start(), line.length(), StandardCharsets.UTF_8);
    }
}
