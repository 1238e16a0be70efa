package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;

/**
 * Digests of a version's entries that do not depend on their order, to compare a folded version with RisingWave's own without keeping it.
 * Each is maintained entry by entry. Places within overlapping levels are in none of them: they are numbers of our own.
 *
 * @param body everything but what is in the others; filters in the form of v3.1, safe epochs left out
 * @param sizes the totals of levels, which releases before v2.7.3 do not sum again after a split
 * @param filters filters of SSTs in the form that they are written in, which v3.1 and later change when they load a version
 * @param watermarks the watermarks of tables, which releases before v3.0.2 keep when a table is dropped
 */
public record Fingerprint(Digest body, Digest sizes, Digest filters, Digest watermarks) {
    static final Fingerprint EMPTY = new Fingerprint(Digest.EMPTY, Digest.EMPTY, Digest.EMPTY, Digest.EMPTY);

    /** Of a version that RisingWave wrote. A fault where it contradicts itself. */
    public static Fingerprint of(HummockVersion version) {
        Fingerprint[] sum = {EMPTY};
        VersionEntries.split(version, entry -> sum[0] = sum[0].plus(of(entry)));
        return sum[0];
    }

    static Fingerprint of(Iterator<Entry> entries) {
        Fingerprint sum = EMPTY;
        while (entries.hasNext()) {
            sum = sum.plus(of(entries.next()));
        }
        return sum;
    }

    static Fingerprint of(Entry entry) {
        EntryKey key = entry.entryKey();
        try {
            return switch (key.space().name()) {
                case "hummock.sst" -> ofSst(key, SstableInfo.parseFrom(entry.value()));
                case "hummock.group" -> ofGroup(key, HummockVersion.Levels.parseFrom(entry.value()));
                case "hummock.level", "hummock.sublevel" -> ofLevel(key, Level.parseFrom(entry.value()));
                case "hummock.table" ->
                    ofBody(
                            key,
                            StateTableInfo.parseFrom(entry.value()).toBuilder()
                                    .clearSafeEpoch()
                                    .build()
                                    .toByteString());
                case "hummock.version" ->
                    ofBody(
                            key,
                            HummockVersion.parseFrom(entry.value()).toBuilder()
                                    .clearSafeEpoch()
                                    .build()
                                    .toByteString());
                case "hummock.watermark" ->
                    new Fingerprint(Digest.EMPTY, Digest.EMPTY, Digest.EMPTY, digest(key, entry.value()));
                default -> ofBody(key, entry.value());
            };
        } catch (InvalidProtocolBufferException e) {
            throw new HummockFaultException(
                    key.space() + " " + key.key().toStringUtf8(),
                    "a message of its kind",
                    String.valueOf(e.getMessage()));
        }
    }

    private static Fingerprint ofSst(EntryKey key, SstableInfo sst) {
        SstableInfo filter = SstableInfo.newBuilder()
                .setBloomFilterKindValue(sst.getBloomFilterKindValue())
                .setFilterTypeValue(sst.getFilterTypeValue())
                .setFilterLayoutValue(sst.getFilterLayoutValue())
                .build();
        SstableInfo body = LoadedSsts.withSize(LoadedSsts.withFilter(sst));
        return new Fingerprint(
                digest(key, inOrder(body)), Digest.EMPTY, digest(key, filter.toByteString()), Digest.EMPTY);
    }

    /** Maps in the order of their keys: RisingWave's have none. */
    private static ByteString inOrder(SstableInfo sst) {
        if (!sst.hasVnodeStatistics()) {
            return sst.toByteString();
        }
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            sst.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteString();
    }

    private static Fingerprint ofGroup(EntryKey key, HummockVersion.Levels group) {
        return ofSized(
                key,
                group.toBuilder().clearL0().build().toByteString(),
                group.getL0().getTotalFileSize(),
                group.getL0().getUncompressedFileSize());
    }

    private static Fingerprint ofLevel(EntryKey key, Level level) {
        return ofSized(
                key,
                level.toBuilder()
                        .clearTotalFileSize()
                        .clearUncompressedFileSize()
                        .build()
                        .toByteString(),
                level.getTotalFileSize(),
                level.getUncompressedFileSize());
    }

    private static Fingerprint ofSized(EntryKey key, ByteString body, long size, long uncompressed) {
        ByteString sizes = ByteString.copyFromUtf8(size + "/" + uncompressed);
        return new Fingerprint(digest(key, body), digest(key, sizes), Digest.EMPTY, Digest.EMPTY);
    }

    private static Fingerprint ofBody(EntryKey key, ByteString value) {
        return new Fingerprint(digest(key, value), Digest.EMPTY, Digest.EMPTY, Digest.EMPTY);
    }

    private static Digest digest(EntryKey key, ByteString value) {
        return Digest.of(new Entry(key, value, ByteString.EMPTY));
    }

    Fingerprint plus(Fingerprint other) {
        return new Fingerprint(
                body.plus(other.body),
                sizes.plus(other.sizes),
                filters.plus(other.filters),
                watermarks.plus(other.watermarks));
    }

    Fingerprint minus(Fingerprint other) {
        return new Fingerprint(
                body.minus(other.body),
                sizes.minus(other.sizes),
                filters.minus(other.filters),
                watermarks.minus(other.watermarks));
    }
}
