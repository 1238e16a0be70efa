package io.metawal.connectors.risingwave.backup;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.hummock.Epochs;
import io.metawal.connectors.risingwave.pbjson.JsonMessageException;
import io.metawal.connectors.risingwave.pbjson.JsonMessages;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import java.io.IOException;
import java.io.InputStream;

/** The Hummock version in a snapshot, as protobuf or as JSON. */
final class VersionBytes {
    private VersionBytes() {}

    static HummockVersion.Builder read(VersionForm form, InputStream bytes) throws IOException {
        try {
            HummockVersion.Builder version = HummockVersion.newBuilder();
            if (form == VersionForm.PROTOBUF) {
                CodedInputStream in = CodedInputStream.newInstance(bytes);
                in.setSizeLimit(Integer.MAX_VALUE);
                version.mergeFrom(in);
            } else {
                JsonMessages.read(bytes, version);
            }
            return version;
        } catch (JsonMessageException e) {
            throw new SnapshotFaultException(e.newer() ? Kind.NEWER : Kind.CONTENT, String.valueOf(e.getMessage()), e);
        } catch (InvalidProtocolBufferException | com.fasterxml.jackson.core.JacksonException e) {
            throw new SnapshotFaultException(Kind.CONTENT, "no Hummock version: " + e.getMessage(), e);
        }
    }

    static TableChangeLog changeLog(ByteString bytes) {
        try {
            return TableChangeLog.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SnapshotFaultException(Kind.CONTENT, "no change log of a table: " + e.getMessage(), e);
        }
    }

    /** The largest committed epoch of a table that tells a time; 0 where none does. */
    static long committedEpoch(HummockVersion version) {
        long largest = 0;
        for (StateTableInfo table : version.getStateTableInfoMap().values()) {
            largest = later(largest, table.getCommittedEpoch());
        }
        return version.getStateTableInfoCount() == 0 ? later(0, version.getMaxCommittedEpoch()) : largest;
    }

    private static long later(long known, long epoch) {
        return Epochs.isReal(epoch) && Long.compareUnsigned(epoch, known) > 0 ? epoch : known;
    }
}
